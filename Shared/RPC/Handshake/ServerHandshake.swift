package import Wire

/// The server's side of the handshake: preface and hello, welcome, proof, ready. Decides; sends nothing.
package struct ServerHandshake: Sendable {
  enum State: Sendable {
    case awaitingPreface
    case awaitingHello
    case awaitingProof(HandshakeTranscript)
    case done
  }

  private(set) var state = State.awaitingPreface
  private let authenticator: any ServerAuthenticator
  /// What this side offers.
  package let settings: ConnectionSettings
  private let address: String
  private let security: TransportSecurity
  private let source: String
  /// What both sides agreed on; valid once ``welcome(to:nonce:)`` has answered.
  package private(set) var agreed = ConnectionSettings()

  /// - Parameters:
  ///   - address: the listener's address, `host:port`.
  ///   - source: the peer's address without its port.
  package init(
    authenticator: any ServerAuthenticator, settings: ConnectionSettings, address: String,
    security: TransportSecurity, source: String = ""
  ) {
    self.authenticator = authenticator
    self.settings = settings
    self.address = address
    self.security = security
    self.source = source
  }

  package var isDone: Bool {
    if case .done = state { true } else { false }
  }

  package var awaitsPreface: Bool {
    if case .awaitingPreface = state { true } else { false }
  }

  /// - Throws: ``WireError/preface`` for any other first bytes.
  package mutating func preface(_ bytes: RawSpan) throws(WireError) {
    guard ProtocolVersion.preface.withRawSpan({ $0.elementsEqual(bytes) }) else { throw .preface }
    state = .awaitingHello
  }

  /// Answers a hello with the head of the welcome frame.
  ///
  /// - Throws: the error that the go-away frame carries.
  package mutating func welcome(
    to hello: HandshakeHead, nonce: [UInt8] = HandshakeTranscript.nonce()
  ) throws(RPCError) -> [UInt8] {
    guard case .awaitingHello = state else {
      throw RPCError(.failedPrecondition, "a hello frame comes once, first")
    }
    let version = UInt32(min(UInt64(ProtocolVersion.highest), hello[integer: 1]))
    guard version >= ProtocolVersion.lowest, UInt64(version) >= hello[integer: 2] else {
      throw RPCError(
        .failedPrecondition,
        "this server speaks protocol versions \(ProtocolVersion.lowest) to "
          + "\(ProtocolVersion.highest), the client \(hello[integer: 2]) to \(hello[integer: 1])")
    }
    guard hello[bytes: 5].count == HandshakeTranscript.nonceByteCount else {
      throw RPCError(
        .invalidArgument, "a hello has a nonce of \(HandshakeTranscript.nonceByteCount) bytes")
    }
    let frameBytesMax = hello[integer: 6]
    guard frameBytesMax >= UInt64(WireLimits.framePayloadBytesFloor) else {
      throw RPCError(
        .invalidArgument,
        "a hello takes frames of at least \(WireLimits.framePayloadBytesFloor) bytes")
    }
    let transcript = HandshakeTranscript(
      version: version, clientRole: hello[text: 4], serverRole: authenticator.role,
      clientNonce: hello[bytes: 5], serverNonce: nonce, address: address)
    agreed.capabilities = settings.capabilities.intersection(
      Capabilities(rawValue: hello[integer: 3]))
    agreed.frameBytesMax = min(settings.frameBytesMax, Int(clamping: frameBytesMax))
    agreed.streamCredit = Int(clamping: hello[integer: 7])
    agreed.connectionCredit = Int(clamping: hello[integer: 8])
    agreed.release = hello[text: 9]
    state = .awaitingProof(transcript)

    var welcome = HandshakeHead()
    welcome[integer: 1] = UInt64(version)
    welcome[integer: 2] = agreed.capabilities.rawValue
    welcome[text: 3] = authenticator.role
    welcome[bytes: 4] = nonce
    welcome[integer: 5] = UInt64(settings.frameBytesMax)
    welcome[integer: 6] = UInt64(settings.streamCredit)
    welcome[integer: 7] = UInt64(settings.connectionCredit)
    welcome[text: 8] = settings.release
    welcome[bytes: 9] = authenticator.sign(transcript)
    welcome[text: 10] = address
    return welcome.encoded()
  }

  /// Decides who the client is.
  ///
  /// - Throws: `unauthenticated`, with one text for every cause.
  package mutating func identify(_ proof: HandshakeHead) throws(RPCError) -> PeerIdentity {
    guard case .awaitingProof(let transcript) = state else {
      throw RPCError(.failedPrecondition, "a proof frame comes once, after the welcome")
    }
    let peer = try authenticator.identify(
      signature: proof[bytes: 1], apiKey: proof[bytes: 2], transcript: transcript,
      security: security, source: source)
    state = .done
    return peer
  }
}
