internal import AuditLog
internal import Foundation

/// An exported log on disk.
struct AuditFolder: Sendable {
  private let folder: URL

  init(_ path: String) {
    folder = URL(fileURLWithPath: path)
  }

  /// Writes a file whole or not at all; folders are made.
  func write(_ bytes: [UInt8], to path: String) throws(ToolError) {
    try Self.write(bytes, to: folder.appending(path: path))
  }

  /// As ``write(_:to:)``, anywhere.
  static func write(_ bytes: [UInt8], toFile path: String) throws(ToolError) {
    try write(bytes, to: URL(fileURLWithPath: path))
  }

  private static func write(_ bytes: [UInt8], to file: URL) throws(ToolError) {
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file, options: .atomic)
    } catch {
      throw ToolError(.failed, "`\(file.path)` could not be written: \(error.localizedDescription)")
    }
  }

  /// Removes tiles and bundles of an earlier, smaller export that were not full.
  func removeOutgrown(size: Int) {
    let wanted = Set(LogExport.paths(size: size).map(\.text))
    for path in LogExport.paths(size: size) {
      // What is not full now was not full before, or was not there; what is full may not have been.
      let full = TilePath(path.kind, index: path.index, width: Tile.widthMax).text
      let partial = folder.appending(path: full + ".p")
      let names = (try? FileManager.default.contentsOfDirectory(atPath: partial.path)) ?? []
      for name in names where !wanted.contains("\(full).p/\(name)") {
        try? FileManager.default.removeItem(at: partial.appending(path: name))
      }
    }
  }

  /// Nil if there is no such file.
  func read(_ path: String) -> [UInt8]? {
    (try? Data(contentsOf: folder.appending(path: path))).map { [UInt8]($0) }
  }

  var export: LogExport { LogExport { read($0) } }

  var hasRecords: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "records").path)
  }

  /// The newest checkpoint of each witness that the export came with.
  var witnessed: [[UInt8]] {
    var found: [[UInt8]] = []
    while let bytes = read("witnessed/\(found.count)") { found.append(bytes) }
    return found
  }

  /// The bytes of any file.
  static func content(of path: String) throws(ToolError) -> [UInt8] {
    guard let content = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
      throw ToolError(.notFound, "expected a file at `\(path)` that can be read")
    }
    return [UInt8](content)
  }
}

extension ToolError {
  /// Names what was read where it can't be.
  static func reading<Value>(
    _ what: String, _ body: () throws(NoteError) -> Value
  ) throws(ToolError) -> Value {
    do throws(NoteError) {
      return try body()
    } catch {
      throw ToolError(.failed, "\(what): \(error)")
    }
  }
}
