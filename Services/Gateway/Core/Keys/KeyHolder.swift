import Synchronization

/// A verified key while the gateway runs: whose it is, what it may do, and its counters.
///
/// One object for each key, kept by the connections that it opened, so that a revocation reaches them
/// on their next call.
package final class KeyHolder: Sendable {
  package let id: String
  package let principal: String
  package let roles: Set<Role>
  package let models: ModelScope
  let counts: KeyCounts
  let digest: KeyDigest
  /// Nanoseconds since 1970 from which on the key is refused.
  private let endsAt: Atomic<Int64>
  /// A pseudonym of the principal, which workers share turns by: it says who is who to nobody.
  let sharingKey: [UInt8]

  static let sharingKeyBytes = 8

  init(_ record: KeyRecord, counts: KeyCounts, sharingKey: KeyDigest) {
    id = record.id
    principal = record.principal
    roles = record.roles
    models = record.models
    self.counts = counts
    digest = record.digest
    endsAt = Atomic(record.endsAt)
    self.sharingKey = Array(sharingKey.bytes.prefix(Self.sharingKeyBytes))
  }

  /// A key without limits that never ends and that nothing opens, for who simulates a gateway.
  package init(simulated id: String, pepper: Pepper) {
    self.id = id
    principal = id
    roles = [.developer]
    models = .every
    counts = KeyCounts(limits: .none)
    digest = KeyDigest(of: id.utf8, pepper: pepper)
    endsAt = Atomic(.max)
    sharingKey = Array(digest.bytes.prefix(Self.sharingKeyBytes))
  }

  package var limiter: KeyLimiter { counts.limiter }

  /// When the key ends, in nanoseconds since 1970; `Int64.max` for never.
  package var endsAtNanoseconds: Int64 { endsAt.load(ordering: .relaxed) }

  /// Whether the key is still good; asked on every call.
  ///
  /// - Parameter nowNanoseconds: wall time, since 1970.
  package func isGood(nowNanoseconds: Int64) -> Bool { endsAtNanoseconds > nowNanoseconds }

  func end(atNanoseconds time: Int64) { endsAt.store(time, ordering: .relaxed) }
}
