package import Base
package import RPC
package import Trust

/// Verifies the assertions that gateways send to one service.
package struct GatewayAssertionVerifier: AssertionVerifier {
  private let audience: ServiceRole
  private let trust: ServiceTrust

  package init(audience: ServiceRole, trust: ServiceTrust) {
    self.audience = audience
    self.trust = trust
  }

  package func verify(
    _ token: [UInt8], now: MonotonicInstant
  ) throws(RPCError) -> Caller {
    let wallNow = Timestamp.now()
    do throws(AssertionError) {
      let assertion = try CallerAssertion.verify(
        token, audience: audience, trust: trust, now: wallNow)
      return Caller(
        principal: assertion.principal, roles: Set(assertion.roles),
        models: Set(assertion.models ?? ["*"]),
        expiresAt: now.advanced(by: assertion.expiresAt.since(wallNow)))
    } catch {
      throw RPCError(.unauthenticated, "the assertion is not valid: \(error)")
    }
  }
}
