package import RPC

/// How the tool reaches a gateway; whoever assembles it brings the transport.
package protocol GatewayConnecting: Sendable {
  /// A channel on which every call is made with `key`.
  ///
  /// - Throws: `unavailable` where nobody answers, `unauthenticated` where the key is refused; either
  ///   may also come from the first call.
  func gateway(at endpoint: String, key: String) async throws(RPCError) -> any Channel
}
