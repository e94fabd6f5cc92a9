package import RPC
package import SlipwaySupervisor

/// How the tool reaches a gateway; whoever assembles it brings the transport.
package protocol GatewayConnecting: Sendable {
  /// A channel on which every call is made with `key`.
  ///
  /// - Parameters:
  ///   - state: of the suite that the gateway belongs to, if it runs on this machine.
  ///   - authority: the file of the authority (PEM) that signed the gateway's certificate; without it
  ///     there is no TLS.
  /// - Throws: `unavailable` where nobody answers, `unauthenticated` where the key is refused; either
  ///   may also come from the first call.
  func gateway(
    at endpoint: String, key: String, state: StateDirectory?, authority: String?
  ) async throws(RPCError) -> any Channel
}
