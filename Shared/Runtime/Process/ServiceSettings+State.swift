internal import Foundation

extension ServiceSettings {
  /// Makes the state directory if it is not there.
  ///
  /// - Throws: ``SettingsError`` if it can't be made, or is no directory that we may write to.
  func prepareStateDirectory() throws(SettingsError) {
    let files = FileManager.default
    if files.fileExists(atPath: stateDirectory) {
      let values = try? URL(fileURLWithPath: stateDirectory).resourceValues(
        forKeys: [.isDirectoryKey])
      guard values?.isDirectory == true else {
        throw SettingsError("SLIPWAY_STATE", "a directory; `\(stateDirectory)` is a file")
      }
    } else {
      try? files.createDirectory(
        atPath: stateDirectory, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
    guard files.isWritableFile(atPath: stateDirectory) else {
      throw SettingsError(
        "SLIPWAY_STATE",
        "a directory that this user can make and write to; `\(stateDirectory)` is none")
    }
  }
}
