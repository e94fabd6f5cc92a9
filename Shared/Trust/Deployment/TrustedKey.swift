/// A key of a trust file with whose it is and what it may do.
package struct TrustedKey: Hashable, Sendable {
  /// What a person's signature is good for.
  package enum Role: String, CaseIterable, Sendable {
    /// Signs manifests.
    case pusher
    /// Signs approvals.
    case approver
  }

  package let person: String
  package let roles: Set<Role>
  package let key: VerifyingKey
  /// From this moment on the key counts for nothing; nil for never.
  package let expiresAt: Timestamp?
  /// A revoked key counts for nothing, whenever it signed: signing times are its owner's word.
  package let isRevoked: Bool

  func isExpired(at now: Timestamp) -> Bool {
    expiresAt.map { now >= $0 } ?? false
  }
}
