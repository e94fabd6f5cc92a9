internal import Foundation

/// Replaces files whole or not at all.
enum FileChange {
  /// Readers see the old content or the new one. The folder keeps others out until the mode is set.
  static func replace(_ path: String, with content: [UInt8], mode: Int) throws(SupervisorError) {
    do {
      try Data(content).write(to: URL(fileURLWithPath: path), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    } catch {
      throw .stateUnusable(
        path: path, reason: "it could not be written: \(error.localizedDescription)")
    }
  }
}
