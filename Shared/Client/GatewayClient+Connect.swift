public import RPC
internal import TransportTCP

extension GatewayClient {
  /// Connects to a gateway over TCP. The connection is made again by itself whenever it was lost; the
  /// calls that were under way then fail with `unavailable`.
  ///
  /// - Parameters:
  ///   - address: `host:port` of the gateway's binary port.
  ///   - key: an API key.
  ///   - authority: file with the certificate (PEM) of the authority that signed the gateway's; needed
  ///     unless the gateway is on this machine.
  /// - Throws: `unavailable` if nothing answers there, `unauthenticated` if the key is not good or the
  ///   server is no gateway, `failedPrecondition` if the certificate is missing or can't be read.
  public static func connect(
    to address: String, key: String, authority: String? = nil
  ) async throws(RPCError) -> GatewayClient {
    let channel = ReconnectingChannel(
      address: address, link: EventLoopLinks.shared.next(),
      authenticator: APIKeyAuthenticator(key: key),
      tls: authority.map { TLSSettings(authorityFile: $0) })
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
