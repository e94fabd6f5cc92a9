/// What lies where.
enum LayoutRule {
  static let topLevel: Set = [
    "LICENSE", "Package.swift", "README.md", "Services", "Shared", "Tests", "scripts",
  ]
  /// SwiftPM's, ignored by git.
  static let tolerated: Set = ["Package.resolved"]

  static func findings(topLevel names: [String]) -> [String] {
    let names = Set(names.filter { !$0.hasPrefix(".") }).subtracting(tolerated)
    return names.subtracting(topLevel).sorted().map {
      "\($0): does not belong at the top level; documents live in Shared/Docs"
    } + topLevel.subtracting(names).sorted().map { "\($0): is missing at the top level" }
  }

  /// A service's `Main` is one file: configuration, graph, run.
  static func findings(mainFiles: [String]) -> [String] {
    let services = Dictionary(grouping: mainFiles) { $0.split(separator: "/")[1] }
    return services.filter { $0.value.count != 1 }.keys.sorted().map {
      "Services/\($0)/Main: more than one file; what it assembles belongs to the core or Runtime"
    }
  }

  /// Every target of the manifest, other than tests and system libraries, has its rows in the table.
  static func findings(manifest: String, rows: [Room]) -> [String] {
    let declaration = /(?:library|executable)\(\s*"([^"]+)",\s*"([^"]+)"/
    return manifest.matches(of: declaration).compactMap { match in
      let (target, path) = (String(match.1), String(match.2))
      let isRuled = rows.contains { $0.target == target && $0.path == path }
      return isRuled ? nil : "Package.swift: `\(target)` at \(path) has no row in ImportTable"
    }
  }
}
