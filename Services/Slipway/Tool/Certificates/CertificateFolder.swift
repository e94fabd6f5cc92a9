import Foundation
import Trust

/// The folder that services name with `SLIPWAY_CERTS`: `authority.pem`, and `ROLE.pem` with `ROLE.key` for
/// each role. The authority's own key is `authority.key`: it belongs on no service's machine.
struct CertificateFolder {
  let path: String

  /// What ``make(hosts:now:)`` did.
  struct Made {
    var authorityIsNew: Bool
    var roles: [ServiceRole]
  }

  /// Makes the authority if there is none, and a new certificate for every role.
  ///
  /// Files are written whole, keys with mode 0600, and replace older ones at once.
  func make(hosts: [String], now: Date = Date()) throws -> Made {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let isNew = !FileManager.default.fileExists(atPath: file("authority.pem"))
    let authority: LocalAuthority
    if isNew {
      authority = try LocalAuthority(name: "slipway local authority", now: now)
      let files = try authority.files
      try write(files.key, to: "authority.key", mode: 0o600)
      try write(files.certificate, to: "authority.pem", mode: 0o644)
    } else {
      authority = try LocalAuthority(
        certificatePEM: try read("authority.pem"), keyPEM: try read("authority.key"))
    }
    for role in ServiceRole.allCases {
      let files = try authority.issue(for: role, hosts: hosts, now: now)
      try write(files.key, to: "\(role).key", mode: 0o600)
      try write(files.certificate, to: "\(role).pem", mode: 0o644)
    }
    return Made(authorityIsNew: isNew, roles: ServiceRole.allCases)
  }

  private func file(_ name: String) -> String { "\(path)/\(name)" }

  private func read(_ name: String) throws -> String {
    try String(contentsOfFile: file(name), encoding: .utf8)
  }

  /// The folder is ours alone, so nobody sees the file before its mode is set.
  private func write(_ text: String, to name: String, mode: Int) throws {
    try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: file(name)), options: .atomic)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file(name))
  }
}
