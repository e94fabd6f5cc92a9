internal import RPC
internal import Synchronization
package import Trust

/// Vouches for the holders of keys towards other services. An assertion is used until it is half over, so
/// that a connection carries each only once.
package final class CallerVoucher: Sendable {
  private let identity: ServiceIdentity
  private let kept = Mutex<[Place: Kept]>([:])

  private struct Place: Hashable, Sendable {
    var holder: String
    var audience: ServiceRole
  }

  private struct Kept: Sendable {
    var token: [UInt8]
    /// Nanoseconds since 1970.
    var renewAt: Int64
  }

  /// Holders whose assertions are kept; when there are more, all are made anew.
  private static let keptMax = 10_000

  /// - Parameter identity: the gateway's own.
  package init(identity: ServiceIdentity) {
    self.identity = identity
  }

  /// - Parameter now: nanoseconds since 1970.
  func assertion(
    for holder: KeyHolder, to audience: ServiceRole, now: Int64
  ) throws(RPCError) -> [UInt8] {
    let place = Place(holder: holder.id, audience: audience)
    if let known = kept.withLock({ $0[place] }), known.renewAt > now { return known.token }
    let token: [UInt8]
    do throws(AssertionError) {
      token = try CallerAssertion(
        audience: audience, principal: holder.principal,
        roles: holder.roles.map(\.rawValue).sorted(),
        models: holder.models == .every ? nil : holder.models.names, issuedAt: .now()
      ).sign(with: identity)
    } catch {
      throw RPCError(.internalError, "the gateway can't vouch for this key: \(error)")
    }
    let half = CallerAssertion.lifetimeMax.components.seconds / 2 * 1_000_000_000
    kept.withLock { kept in
      if kept.count >= Self.keptMax { kept.removeAll() }
      kept[place] = Kept(token: token, renewAt: now + half)
    }
    return token
  }
}
