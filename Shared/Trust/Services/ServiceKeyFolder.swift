import Foundation
import SystemPackage

/// The folder `keys` in a state directory: `ROLE.key` (mode 0600) for each role and `roles.pub` with
/// the public halves. The folder has mode 0700, so no other local user can read or replace a key.
///
/// Where the suite runs on several machines, `peers.pub` holds lines of the other machines' `roles.pub`:
/// those of their gateways, so that what these vouch for is believed. Nobody but a person writes it.
package struct ServiceKeyFolder: Sendable {
  private let path: String

  /// - Parameter stateDirectory: an existing directory.
  package init(stateDirectory: String) {
    path = stateDirectory + "/keys"
  }

  /// Makes the folder and whatever keys are missing in it, and brings `roles.pub` up to date. Safe to
  /// call again at any time, after a crash and from two processes at once: keys that exist stay.
  package func createMissing(roles: [ServiceRole] = ServiceRole.allCases) throws(KeyError) {
    try createFolder()
    for role in roles where !FileManager.default.fileExists(atPath: keyPath(role)) {
      let key = try SigningKey.generate(comment: role.rawValue)
      do {
        try key.save(to: keyPath(role))
      } catch .fileExists {
        // Another process was faster; its key is as good.
      }
    }
    var keysByRole: [ServiceRole: [VerifyingKey]] = [:]
    for role in ServiceRole.allCases
    where FileManager.default.fileExists(atPath: keyPath(role)) {
      keysByRole[role] = [try SigningKey.load(from: keyPath(role)).verifyingKey]
    }
    try write(ServiceTrust(keysByRole))
  }

  /// The identity of `role`.
  /// - Throws: `KeyError`, among them `fileMissing` before `createMissing`.
  package func identity(of role: ServiceRole) throws(KeyError) -> ServiceIdentity {
    try checkFolder()
    return ServiceIdentity(role: role, key: try SigningKey.load(from: keyPath(role)))
  }

  /// Whom the services of this state directory believe.
  package func trust() throws(KeyError) -> ServiceTrust {
    try checkFolder()
    let own = try readTrust(rolesPath)
    guard FileManager.default.fileExists(atPath: peersPath) else { return own }
    return try own.adding(try readTrust(peersPath))
  }

  private func readTrust(_ path: String) throws(KeyError) -> ServiceTrust {
    let content = try KeyFile.read(path, exposure: .trusted)
    guard let text = String(validating: content, as: UTF8.self) else {
      throw .malformed("expected `\(path)` to be UTF-8")
    }
    return try ServiceTrust(text: text)
  }

  private func keyPath(_ role: ServiceRole) -> String { "\(path)/\(role).key" }

  private var rolesPath: String { path + "/roles.pub" }
  private var peersPath: String { path + "/peers.pub" }

  private func createFolder() throws(KeyError) {
    do {
      if !FileManager.default.fileExists(atPath: path) {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
        try KeyFile.synchronizeFolder(of: path)
      }
    } catch let error as KeyError {
      throw error
    } catch {
      throw .inputOutput(path: path, reason: error.localizedDescription)
    }
    try checkFolder()
  }

  private func checkFolder() throws(KeyError) {
    let status: Stat
    do {
      status = try FilePath(path).stat(followTargetSymlink: false)
    } catch .noSuchFileOrDirectory {
      throw .fileMissing(path: path)
    } catch {
      throw .inputOutput(path: path, reason: "\(error)")
    }
    guard status.type == .directory else {
      throw .malformed("expected `\(path)` to be a folder")
    }
    let mode = status.permissions.rawValue & 0o777
    guard mode & 0o077 == 0 else {
      throw .folderOpenToOthers(path: path, mode: "0" + String(mode, radix: 8))
    }
  }

  /// Replaces `roles.pub` in one step, unless it says the same already. What it says can always be
  /// derived again from the private keys.
  private func write(_ trust: ServiceTrust) throws(KeyError) {
    let content = Data(trust.description.utf8)
    if FileManager.default.contents(atPath: rolesPath) == content { return }
    do {
      try content.write(to: URL(fileURLWithPath: rolesPath), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: rolesPath)
    } catch {
      throw .inputOutput(path: rolesPath, reason: error.localizedDescription)
    }
    try KeyFile.synchronizeFolder(of: rolesPath)
  }
}
