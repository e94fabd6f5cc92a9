package import RPC

extension ConnectionPool {
  /// Calls on one address over TCP.
  ///
  /// - Parameters:
  ///   - address: `host:port`.
  ///   - loops: where the connections live.
  ///   - polls: see ``TCPClient``.
  package init(
    address: String, loops: EventLoopLinks, authenticator: any ClientAuthenticator,
    settings: ConnectionSettings = ConnectionSettings(), pool: PoolSettings, tls: TLSSettings?,
    polls: Bool = false
  ) {
    let links = (0..<pool.connections).map { _ in loops.next() }
    self.init(loops: links, settings: pool) { (loop, onRetired) async throws(RPCError) in
      guard let link = loop as? EventLoopLink else {
        throw RPCError(.internalError, "no connection over TCP can be made on this loop")
      }
      return try await TCPClient.connect(
        to: address, on: link, authenticator: authenticator, settings: settings, tls: tls,
        polls: polls, onRetired: onRetired)
    }
  }
}
