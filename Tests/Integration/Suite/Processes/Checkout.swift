package import Foundation

/// Where the sources and the binaries that are tested lie.
package struct Checkout: Sendable {
  package let root: URL
  /// The folder of the running executable, which is the one of the suite's binaries too.
  package let executables: URL

  /// - Throws: ``StepFailure`` outside of a checkout.
  package init() throws(StepFailure) {
    let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    executables = executable.deletingLastPathComponent()
    var root = executables
    while !FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path) {
      guard root.path != "/" else {
        throw StepFailure("`\(executable.path)` does not lie in a checkout: build it there")
      }
      root.deleteLastPathComponent()
    }
    self.root = root
  }

  /// Files that somebody wrote, relative to the root: nothing hidden, nothing built, nothing empty.
  package func files() throws -> [String] {
    var files: [String] = []
    try walk(root, prefix: "", into: &files)
    return files.sorted()
  }

  /// Prometheus' tool: where scripts/bootstrap puts it, or that of the system.
  package var promtool: String {
    let prefix = ProcessInfo.processInfo.environment["SLIPWAY_PREFIX"] ?? path(of: ".build-deps")
    let own = "\(prefix)/bin/promtool"
    return FileManager.default.isExecutableFile(atPath: own) ? own : "promtool"
  }

  package func path(of file: String) -> String { root.appending(path: file).path }

  private func walk(_ folder: URL, prefix: String, into files: inout [String]) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      if name.hasPrefix(".") || name == "__pycache__" { continue }
      let url = folder.appending(path: name)
      let values = try url.resourceValues(
        forKeys: [.isDirectoryKey, .isRegularFileKey, .fileSizeKey])
      if values.isDirectory == true {
        try walk(url, prefix: prefix + name + "/", into: &files)
      } else if values.isRegularFile == true, values.fileSize != 0 {
        files.append(prefix + name)
      }
    }
  }
}
