package import Base

/// What an async handler knows of its call.
package struct CallContext: Sendable {
  package var method: MethodDescriptor
  package var origin: CallOrigin
  package var deadline: MonotonicInstant
  package var traceparent: TraceParent?
  package var model: String
  package var version: String
  package var requestID: String
  /// 0 is normal; higher is more urgent.
  package var priority: UInt32 = 0
  /// Of the call's routing key: from a gateway, who calls, as far as turns are shared. 0 if there is none.
  package var sharingKey: UInt64 = 0

  package var peer: PeerIdentity { origin.peer }

  /// On whose behalf the peer calls; `nil` if on its own.
  package var caller: Caller? { origin.caller }

  /// Who acts, for the log: the caller, or else the peer.
  package var actor: String { origin.actor }
}

/// Who a gateway vouches for, as its verified assertion says.
package final class Caller: Sendable {
  package let principal: String
  package let roles: Set<String>
  package let models: Set<String>
  /// From then on the assertion counts no more.
  package let expiresAt: MonotonicInstant

  package init(
    principal: String, roles: Set<String>, models: Set<String>, expiresAt: MonotonicInstant
  ) {
    self.principal = principal
    self.roles = roles
    self.models = models
    self.expiresAt = expiresAt
  }
}

/// Verifies the assertions that gateways send.
package protocol AssertionVerifier: Sendable {
  /// - Throws: `unauthenticated`.
  func verify(_ token: [UInt8], now: MonotonicInstant) throws(RPCError) -> Caller
}
