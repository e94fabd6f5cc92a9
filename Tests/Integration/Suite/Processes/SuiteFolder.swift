package import Foundation

/// The folder that a suite and the people who use it keep their files in.
package struct SuiteFolder: Sendable {
  package let root: URL

  /// Makes a new one under the system's temporary folder.
  package init() throws {
    root = FileManager.default.temporaryDirectory.appending(
      path: "slipway-\(UUID().uuidString.prefix(8).lowercased())")
    try FileManager.default.createDirectory(
      at: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    for folder in [state, home] {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
  }

  /// What the services keep.
  package var state: URL { root.appending(path: "state") }
  /// What the people keep: their signing keys.
  package var home: URL { root.appending(path: "home") }
  /// What `slipway up` writes to its terminal.
  var console: URL { root.appending(path: "console.log") }

  package func remove() {
    try? FileManager.default.removeItem(at: root)
  }
}
