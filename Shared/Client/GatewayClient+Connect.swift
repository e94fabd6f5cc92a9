public import RPC
internal import TransportTCP

extension GatewayClient {
  /// Connects to a gateway over TCP. Connections are made again by themselves when they were lost, and
  /// calls ride over a restart of the gateway: a call that finds no connection waits for one, and
  /// one that was lost on its way is made again, for at most a tenth of all calls.
  ///
  /// - Parameters:
  ///   - address: `host:port` of the gateway's binary port.
  ///   - key: an API key.
  ///   - authority: file with the certificate (PEM) of the authority that signed the gateway's; needed
  ///     unless the gateway is on this machine.
  ///   - settings: how the client uses its connections.
  /// - Throws: `unavailable` if nothing answers there, `unauthenticated` if the key is not good or the
  ///   server is no gateway, `failedPrecondition` if the certificate is missing or can't be read.
  public static func connect(
    to address: String, key: String, authority: String? = nil,
    settings: ClientSettings = ClientSettings()
  ) async throws(RPCError) -> GatewayClient {
    var connection = ConnectionSettings()
    connection.liveness = .far
    var pool = PoolSettings.firstHop
    pool.connections = settings.connections
    pool.patience = settings.patience
    let channel = ConnectionPool(
      address: address, loops: .shared, authenticator: APIKeyAuthenticator(key: key),
      settings: connection, pool: pool, tls: authority.map { TLSSettings(authorityFile: $0) })
    _ = try await channel.connected()
    return GatewayClient(channel) { await channel.close() }
  }
}

/// Proves a client by its key, and asks a server that shows a certificate for one of a gateway.
private struct APIKeyAuthenticator: ClientAuthenticator {
  let apiKey: [UInt8]
  let role = "client"

  init(key: String) {
    apiKey = Array(key.utf8)
  }

  func verifyServer(
    signature: [UInt8], transcript: HandshakeTranscript, security: TransportSecurity
  ) throws(RPCError) {
    let gateway = "gateway"
    var isGateway = transcript.serverRole == gateway
    if case .tls(let peerRole) = security { isGateway = isGateway && peerRole == gateway }
    guard isGateway else {
      throw RPCError(
        .unauthenticated, "the server at `\(transcript.address)` does not prove to be a gateway")
    }
  }

  func sign(_ transcript: HandshakeTranscript) -> [UInt8] { [] }
}
