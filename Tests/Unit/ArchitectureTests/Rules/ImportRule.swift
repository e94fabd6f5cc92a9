/// Imports stay within the import table, and do not leak.
enum ImportRule {
  static func findings(in source: String, of file: String) -> [String] {
    if ImportTable.unruled.keys.contains(where: { (file + "/").hasPrefix($0 + "/") }) { return [] }
    let imports = ImportLine.all(in: source)
    guard let room = ImportTable.room(of: file) else {
      return ["\(file): lies in no row of ImportTable; add its folder there"]
    }
    return imports.flatMap { line in findings(of: line, in: file, under: room) }
  }

  private static func findings(of line: ImportLine, in file: String, under room: Room) -> [String] {
    var findings: [String] = []
    if !room.imports.contains(line.module) {
      findings.append(
        "\(file): imports `\(line.module)`, which the row of `\(room.path)` does not allow")
    }
    if line.modifiers.contains("@_exported") {
      findings.append("\(file): re-exports `\(line.module)`; let each file import what it uses")
    }
    if line.modifiers.contains("@testable"), !file.hasPrefix("Tests/") {
      findings.append("\(file): `@testable import \(line.module)` outside of Tests")
    }
    if ImportTable.cModules.contains(line.module),
      line.modifiers.contains(where: { $0 == "public" || $0 == "package" })
    {
      findings.append("\(file): the C module `\(line.module)` must be an internal import")
    }
    return findings
  }
}
