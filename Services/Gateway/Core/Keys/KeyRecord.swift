/// A key as it is stored: everything but the key itself.
package struct KeyRecord: Sendable, Hashable {
  package let id: String
  package let principal: String
  package let roles: Set<Role>
  package let models: ModelScope
  package let limits: KeyLimits
  /// Nanoseconds since 1970, like all times here; `nil` for never.
  package var expiresAt: Int64?
  package let createdAt: Int64
  /// Principal that made it.
  package let createdBy: String
  package var revokedAt: Int64?
  /// Id of its successor.
  package var replacedBy: String?
  let digest: KeyDigest
  /// Grows with every change of any key; the later of two records of a key has the larger one.
  var revision: Int64

  /// Whether and why the key is good at a moment.
  package func state(nowNanoseconds: Int64) -> KeyState {
    if revokedAt != nil { return .revoked }
    if let expiresAt, expiresAt <= nowNanoseconds { return .expired }
    return .active
  }

  /// When a key of the same lifetime ends that is made at `time`.
  func sameLifetime(fromNanoseconds time: Int64) -> Int64? {
    guard let expiresAt else { return nil }
    let (end, overflows) = time.addingReportingOverflow(expiresAt - createdAt)
    return overflows ? .max : end
  }

  /// From when on the key is refused.
  var endsAt: Int64 { min(revokedAt ?? .max, expiresAt ?? .max) }
}
