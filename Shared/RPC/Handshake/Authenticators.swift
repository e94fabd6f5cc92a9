/// What the transport itself has proven of a peer.
package enum TransportSecurity: Sendable, Hashable {
  /// Plain TCP on loopback, or in process.
  case plain
  /// TLS; `peerRole` is the service role in the peer's certificate, if it showed one.
  case tls(peerRole: String?)
}

/// How a server proves itself and decides who a client is.
package protocol ServerAuthenticator: Sendable {
  /// The server's service role.
  var role: String { get }

  /// The server's signature of a transcript; empty if it has no key because TLS proves it.
  func sign(_ transcript: HandshakeTranscript) -> [UInt8]

  /// - Parameter source: the peer's address without its port; empty in process.
  /// - Throws: `unauthenticated` with one text for every cause.
  func identify(
    signature: [UInt8], apiKey: [UInt8], transcript: HandshakeTranscript,
    security: TransportSecurity, source: String
  ) throws(RPCError) -> PeerIdentity
}

/// How a client proves itself and decides whether it speaks to the right server.
package protocol ClientAuthenticator: Sendable {
  /// `client`, or the service role that it proves.
  var role: String { get }

  /// - Throws: `unauthenticated` if the server is not who it must be.
  func verifyServer(
    signature: [UInt8], transcript: HandshakeTranscript, security: TransportSecurity
  ) throws(RPCError)

  /// The client's signature of a transcript; empty for a client with a key.
  func sign(_ transcript: HandshakeTranscript) -> [UInt8]

  /// The API key; empty for a service.
  var apiKey: [UInt8] { get }
}
