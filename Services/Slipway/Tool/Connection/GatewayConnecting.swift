package import RPC
package import SlipwaySupervisor

/// How the tool reaches a gateway; whoever assembles it brings the transport.
package protocol GatewayConnecting: Sendable {
  /// A channel on which every call is made with `key`.
  ///
  /// - Parameter state: of the suite that the gateway belongs to, if it runs on this machine.
  /// - Throws: `unavailable` where nobody answers, `unauthenticated` where the key is refused; either
  ///   may also come from the first call.
  func gateway(
    at endpoint: String, key: String, state: StateDirectory?
  ) async throws(RPCError) -> any Channel
}
