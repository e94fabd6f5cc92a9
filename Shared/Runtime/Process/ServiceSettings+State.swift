internal import Foundation
internal import Trust

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

  /// Makes a service's own folder if it is not there, and holds it: two processes on one store would each
  /// take what the other one wrote for their own, such as leftovers to sweep away.
  ///
  /// - Returns: the lock, which ends with the process if nobody releases it.
  @discardableResult
  func claimFolder(of role: ServiceRole) throws -> FileLock {
    let folder = folder(of: role)
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    do throws(FileLock.Refusal) {
      return try FileLock.acquire("\(folder)/process.lock")
    } catch {
      throw StateFolderInUse(folder: folder, role: role, refusal: error)
    }
  }
}

/// The folder is another process's, as long as that lives.
package struct StateFolderInUse: Error, CustomStringConvertible {
  let folder: String
  let role: ServiceRole
  let refusal: FileLock.Refusal

  package var description: String {
    switch refusal {
    case .held(let process):
      "`\(folder)` is in use by another \(role)\(process.map { ", process \($0)" } ?? ""): end that one "
        + "first, or set a `SLIPWAY_STATE` of its own for this one"
    case .unusable(let reason): "`\(folder)/process.lock` can't be used: \(reason)"
    }
  }
}
