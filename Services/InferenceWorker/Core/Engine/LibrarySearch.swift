internal import FoundationEssentials

/// Where an engine's library is looked for.
package struct LibrarySearch: Sendable, Equatable {
  /// In the order in which they are tried.
  package let candidates: [String]

  /// - Parameters:
  ///   - fileName: of the library, with a folder if it has one of its own.
  ///   - explicitPath: the library's file as configured; if given, nothing else is tried.
  ///   - executable: the running program's path.
  ///   - prefix: `$SLIPWAY_PREFIX`.
  package init(
    fileName: String, explicitPath: String?, executable: String?, prefix: String?
  ) {
    if let explicitPath {
      candidates = [explicitPath]
      return
    }
    let folders = Self.folders(executable: executable, prefix: prefix)
    candidates = folders.map { "\($0)/\(fileName)" }
  }

  /// The search of this process.
  package init(fileName: String, explicitPath: String? = nil) {
    self.init(
      fileName: fileName, explicitPath: explicitPath, executable: Self.executable,
      prefix: Self.prefix)
  }

  /// Where this process looks for any engine's library, to be readable before one is opened.
  package static var folders: [String] { folders(executable: executable, prefix: prefix) }

  private static var executable: String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }

  private static var prefix: String? { ProcessInfo.processInfo.environment["SLIPWAY_PREFIX"] }

  private static func folders(executable: String?, prefix: String?) -> [String] {
    var folders: [String] = []
    if let executable, let slash = executable.lastIndex(of: "/") {
      let folder = String(executable[..<slash])
      folders += [folder + "/../lib", folder]
    }
    if let prefix, !prefix.isEmpty { folders.append(prefix + "/lib") }
    return folders
  }

  /// The first candidate that is a file; nil if none is.
  package var found: String? {
    candidates.first { FileManager.default.isReadableFile(atPath: $0) }
  }
}
