package import Base

/// Looks at every call before its handler. Runs on the event loop: must not block.
package protocol CallGate: AnyObject, Sendable {
  /// Refuses a call by throwing. Runs before the body is inflated or decoded.
  func admit(
    _ call: borrowing CallView, of method: MethodDescriptor, by origin: CallOrigin
  ) throws(RPCError)

  /// Whether ``review(_:)`` has anything to look at.
  var reviews: Bool { get }

  /// Looks again, about once a second, at a peer whose calls are under way. Throwing ends its connection.
  func review(_ origin: CallOrigin) throws(RPCError)
}

extension CallGate {
  package var reviews: Bool { false }

  package func review(_ origin: CallOrigin) throws(RPCError) {}
}

/// Hears of every call of a known method that has ended: also of one that a gate refused, and of one
/// whose connection was lost. Runs on the event loop: must not block.
package protocol CallObserver: AnyObject, Sendable {
  /// The calls that have ended since the last write to their connection; each comes once.
  ///
  /// - Parameters:
  ///   - calls: in the order in which they ended.
  ///   - methods: the server's methods; ``FinishedCall/method`` is a place in them.
  ///   - now: when their answers were handed to the transport.
  func finished(_ calls: [FinishedCall], of methods: [MethodDescriptor], at now: MonotonicInstant)
}

/// A call that has ended. Holds no references: every call makes one.
package struct FinishedCall: Sendable {
  /// Place of the method in the router.
  package let method: Int
  package let status: StatusCode
  package let startedAt: MonotonicInstant
  package let requestByteCount: Int
  package let responseByteCount: Int
}

/// On whose account a call is made: the peer's own, or that of the caller for whom it vouches. One
/// object for all calls of a connection that have it in common.
package final class CallOrigin: Sendable {
  package let peer: PeerIdentity
  /// `nil` if the peer calls for itself.
  package let caller: Caller?

  package init(peer: PeerIdentity, caller: Caller? = nil) {
    self.peer = peer
    self.caller = caller
  }

  /// Who acts, for the log: the caller, or else the peer.
  package var actor: String { caller?.principal ?? peer.name }
}
