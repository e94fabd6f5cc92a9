import FoundationEssentials

/// Where the ONNX Runtime library is looked for.
package struct LibrarySearch: Sendable, Equatable {
  /// The release that Slipway is built for and tested with; 1.29 and later send telemetry.
  package static let fileName = "libonnxruntime.so.1.28.0"

  /// In the order in which they are tried.
  package let candidates: [String]

  /// - Parameters:
  ///   - explicitPath: the library's file as configured; if given, nothing else is tried.
  ///   - executable: the running program's path.
  ///   - prefix: `$SLIPWAY_PREFIX`.
  package init(explicitPath: String?, executable: String?, prefix: String?) {
    if let explicitPath {
      candidates = [explicitPath]
      return
    }
    var folders: [String] = []
    if let executable, let slash = executable.lastIndex(of: "/") {
      let folder = String(executable[..<slash])
      folders += [folder + "/../lib", folder]
    }
    if let prefix, !prefix.isEmpty { folders.append(prefix + "/lib") }
    candidates = folders.map { "\($0)/\(Self.fileName)" }
  }

  /// The search of this process.
  package init(explicitPath: String? = nil) {
    self.init(
      explicitPath: explicitPath,
      executable: try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      prefix: ProcessInfo.processInfo.environment["SLIPWAY_PREFIX"])
  }

  /// The first candidate that is a file; nil if none is.
  package var found: String? {
    candidates.first { FileManager.default.isReadableFile(atPath: $0) }
  }
}
