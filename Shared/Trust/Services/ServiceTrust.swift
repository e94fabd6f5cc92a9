/// Which public keys prove which role here. A role may have several: of several machines, and while keys
/// rotate.
///
/// As a text: a line `ROLE PUBLIC-KEY` each, as in `gateway slipway-ed25519-p256 BASE64 comment`;
/// empty lines and lines that begin with `#` are skipped.
package struct ServiceTrust: Equatable, Sendable {
  /// Two for each of the machines that a role may run on: a current and a next key.
  package static let keysPerRoleMax = 32

  private let keysByRole: [ServiceRole: [VerifyingKey]]

  /// - Throws: `KeyError.malformed` when a key proves two roles or a role has too many keys.
  package init(_ keysByRole: [ServiceRole: [VerifyingKey]]) throws(KeyError) {
    var seen: Set<VerifyingKey> = []
    for (role, keys) in keysByRole {
      guard keys.count <= Self.keysPerRoleMax else {
        throw .malformed("expected at most \(Self.keysPerRoleMax) keys for the role `\(role)`")
      }
      for key in keys where !seen.insert(key).inserted {
        throw .malformed("expected each key once, `\(key.identifier.short)` occurs twice")
      }
    }
    self.keysByRole = keysByRole
  }

  /// Reads the text that `description` writes.
  package init(text: String) throws(KeyError) {
    var keysByRole: [ServiceRole: [VerifyingKey]] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, let role = ServiceRole(rawValue: String(parts[0])) else {
        let roles = ServiceRole.allCases.map { "`\($0)`" }.joined(separator: ", ")
        throw .malformed("expected a line `ROLE PUBLIC-KEY` with one of the roles \(roles)")
      }
      keysByRole[role, default: []].append(try VerifyingKey(String(parts[1])))
    }
    try self.init(keysByRole)
  }

  /// This, and what `other` has beyond it.
  package func adding(_ other: ServiceTrust) throws(KeyError) -> ServiceTrust {
    var all = keysByRole
    for (role, keys) in other.keysByRole {
      all[role, default: []] += keys.filter { !self.keys(of: role).contains($0) }
    }
    return try ServiceTrust(all)
  }

  /// The keys that prove `role`; none when it is not known here.
  package func keys(of role: ServiceRole) -> [VerifyingKey] {
    keysByRole[role] ?? []
  }

  /// Whether `signature` over `message` was made by a key of `role`.
  package func isValid(signature: [UInt8], over message: [UInt8], by role: ServiceRole) -> Bool {
    keys(of: role).contains { $0.isValid(signature: signature, over: message) }
  }
}

extension ServiceTrust: CustomStringConvertible {
  package var description: String {
    ServiceRole.allCases.flatMap { role in keys(of: role).map { "\(role) \($0)\n" } }.joined()
  }
}
