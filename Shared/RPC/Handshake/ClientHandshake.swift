internal import Wire

/// The client's side of the handshake. Decides; sends nothing.
package struct ClientHandshake: Sendable {
  enum State: Sendable {
    case awaitingWelcome
    case awaitingReady
    case done
  }

  private(set) var state = State.awaitingWelcome
  private let authenticator: any ClientAuthenticator
  /// What this side offers.
  package let settings: ConnectionSettings
  private let address: String
  /// What the transport has proven of the server; TLS knows it only once it is done.
  package var security: TransportSecurity
  private let nonce: [UInt8]
  /// What both sides agreed on; valid once ``proof(for:)`` has answered.
  package private(set) var agreed = ConnectionSettings()

  /// - Parameter address: the address that was dialled, `host:port`.
  package init(
    authenticator: any ClientAuthenticator, settings: ConnectionSettings, address: String,
    security: TransportSecurity, nonce: [UInt8] = HandshakeTranscript.nonce()
  ) {
    self.authenticator = authenticator
    self.settings = settings
    self.address = address
    self.security = security
    self.nonce = nonce
  }

  package var isDone: Bool {
    if case .done = state { true } else { false }
  }

  /// Head of the hello frame.
  package func hello() -> [UInt8] {
    var hello = HandshakeHead()
    hello[integer: 1] = UInt64(ProtocolVersion.highest)
    hello[integer: 2] = UInt64(ProtocolVersion.lowest)
    hello[integer: 3] = settings.capabilities.rawValue
    hello[text: 4] = authenticator.role
    hello[bytes: 5] = nonce
    hello[integer: 6] = UInt64(settings.frameBytesMax)
    hello[integer: 7] = UInt64(settings.streamCredit)
    hello[integer: 8] = UInt64(settings.connectionCredit)
    hello[text: 9] = settings.release
    return hello.encoded()
  }

  /// Answers a welcome with the head of the proof frame.
  ///
  /// - Throws: `failedPrecondition` for a protocol that we don't speak, `unauthenticated` for a server
  ///   that is not who it must be.
  package mutating func proof(for welcome: HandshakeHead) throws(RPCError) -> [UInt8] {
    guard case .awaitingWelcome = state else {
      throw RPCError(.internalError, "the server sent a second welcome")
    }
    let version = welcome[integer: 1]
    guard (UInt64(ProtocolVersion.lowest)...UInt64(ProtocolVersion.highest)).contains(version),
      welcome[bytes: 4].count == HandshakeTranscript.nonceByteCount, welcome[bytes: 4] != nonce,
      welcome[integer: 5] >= UInt64(WireLimits.framePayloadBytesFloor)
    else {
      throw RPCError(
        .failedPrecondition, "the server answered with a welcome that this release can't speak")
    }
    let transcript = HandshakeTranscript(
      version: UInt32(version), clientRole: authenticator.role, serverRole: welcome[text: 3],
      clientNonce: nonce, serverNonce: welcome[bytes: 4], address: welcome[text: 10])
    if security == .plain, welcome[text: 10] != address {
      throw RPCError(
        .unauthenticated,
        "dialled `\(address)`, but the server says that it listens on `\(welcome[text: 10])`")
    }
    try authenticator.verifyServer(
      signature: welcome[bytes: 9], transcript: transcript, security: security)
    agreed.capabilities = settings.capabilities.intersection(
      Capabilities(rawValue: welcome[integer: 2]))
    agreed.frameBytesMax = min(settings.frameBytesMax, Int(clamping: welcome[integer: 5]))
    agreed.streamCredit = Int(clamping: welcome[integer: 6])
    agreed.connectionCredit = Int(clamping: welcome[integer: 7])
    agreed.release = welcome[text: 8]
    state = .awaitingReady

    var proof = HandshakeHead()
    proof[bytes: 1] = authenticator.sign(transcript)
    proof[bytes: 2] = authenticator.apiKey
    return proof.encoded()
  }

  /// The server's table of methods: name to number.
  package mutating func ready(_ ready: HandshakeHead) throws(RPCError) -> [String: UInt32] {
    guard case .awaitingReady = state else {
      throw RPCError(.internalError, "the server was ready before its welcome")
    }
    state = .done
    var methods: [String: UInt32] = [:]
    for (number, name) in ready[list: 1].enumerated() {
      methods[String(decoding: name, as: UTF8.self)] = UInt32(number)
    }
    return methods
  }
}
