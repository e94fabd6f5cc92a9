package import RPC
package import Trust

/// Proves a service of this machine to its peers, and its peers to it, with the role keys of the state
/// directory; between machines with the role in the peer's certificate.
package struct ServiceAuthenticator: ServerAuthenticator {
  /// Decides who the holder of an API key is; `nil` refuses.
  package typealias KeyCheck = @Sendable (_ apiKey: [UInt8]) -> Principal?

  private let identity: ServiceIdentity
  private let trust: ServiceTrust
  private let keyCheck: KeyCheck?
  private let onRefusal: @Sendable (_ source: String) -> Void

  /// - Parameters:
  ///   - keyCheck: `nil` for a service that takes no clients.
  ///   - onRefusal: counts a refused sign-in by the peer's address without its port.
  package init(
    identity: ServiceIdentity, trust: ServiceTrust, keyCheck: KeyCheck? = nil,
    onRefusal: @escaping @Sendable (_ source: String) -> Void = { _ in }
  ) {
    self.identity = identity
    self.trust = trust
    self.keyCheck = keyCheck
    self.onRefusal = onRefusal
  }

  package var role: String { identity.role.rawValue }

  package func sign(_ transcript: RPC.HandshakeTranscript) -> [UInt8] {
    // A transcript that can't be signed has no valid signature: the client refuses it.
    (try? Trust.HandshakeTranscript(transcript).sign(as: .server, with: identity)) ?? []
  }

  package func identify(
    signature: [UInt8], apiKey: [UInt8], transcript: RPC.HandshakeTranscript,
    security: TransportSecurity, source: String
  ) throws(RPCError) -> PeerIdentity {
    if transcript.clientRole == ClientRole.name {
      if let keyCheck, let principal = keyCheck(apiKey) { return .principal(principal) }
    } else if case .tls(let peerRole) = security {
      if let peerRole, peerRole == transcript.clientRole { return .service(peerRole) }
    } else if (try? Trust.HandshakeTranscript(transcript)
      .verify(signature, of: .client, trust: trust)) != nil
    {
      return .service(transcript.clientRole)
    }
    onRefusal(source)
    throw RPCError(.unauthenticated, "the credentials are not valid here")
  }
}

/// Proves one service to another that it calls.
package struct ServicePeerAuthenticator: ClientAuthenticator {
  private let identity: ServiceIdentity
  private let trust: ServiceTrust
  private let server: ServiceRole

  /// - Parameter server: the role that the called service must prove.
  package init(identity: ServiceIdentity, trust: ServiceTrust, server: ServiceRole) {
    self.identity = identity
    self.trust = trust
    self.server = server
  }

  package var role: String { identity.role.rawValue }

  package var apiKey: [UInt8] { [] }

  package func verifyServer(
    signature: [UInt8], transcript: RPC.HandshakeTranscript, security: TransportSecurity
  ) throws(RPCError) {
    try ServerProof.verify(
      signature, transcript: transcript, security: security, server: server, trust: trust)
  }

  package func sign(_ transcript: RPC.HandshakeTranscript) -> [UInt8] {
    // A transcript that can't be signed has no valid signature: the server refuses it.
    (try? Trust.HandshakeTranscript(transcript).sign(as: .client, with: identity)) ?? []
  }
}

/// Proves a client by its API key.
package struct KeyAuthenticator: ClientAuthenticator {
  package let apiKey: [UInt8]
  private let trust: ServiceTrust?

  /// - Parameter trust: the machine's role keys, where they can be read: then a gateway on loopback must
  ///   prove itself before it is shown the key.
  package init(apiKey: String, trust: ServiceTrust?) {
    self.apiKey = [UInt8](apiKey.utf8)
    self.trust = trust
  }

  package var role: String { ClientRole.name }

  package func verifyServer(
    signature: [UInt8], transcript: RPC.HandshakeTranscript, security: TransportSecurity
  ) throws(RPCError) {
    // Over TLS the certificate proves the gateway, whoever dials: its authority signs those of every
    // role, and the key is for the gateway only.
    if case .plain = security, trust == nil { return }
    try ServerProof.verify(
      signature, transcript: transcript, security: security, server: .gateway, trust: trust)
  }

  package func sign(_ transcript: RPC.HandshakeTranscript) -> [UInt8] { [] }
}

/// What peers that are no service call themselves.
package enum ClientRole {
  package static let name = "client"
}

private enum ServerProof {
  static func verify(
    _ signature: [UInt8], transcript: RPC.HandshakeTranscript, security: TransportSecurity,
    server: ServiceRole, trust: ServiceTrust?
  ) throws(RPCError) {
    guard transcript.serverRole == server.rawValue else {
      throw RPCError(
        .unauthenticated, "expected the service `\(server)`, found `\(transcript.serverRole)`")
    }
    if case .tls(let peerRole) = security {
      guard peerRole == server.rawValue else {
        throw RPCError(
          .unauthenticated,
          "the certificate of `\(transcript.address)` is not one of the role `\(server)`")
      }
      return
    }
    do {
      guard let trust else { throw HandshakeError.roleUnknown(transcript.serverRole) }
      try Trust.HandshakeTranscript(transcript).verify(signature, of: .server, trust: trust)
    } catch {
      throw RPCError(
        .unauthenticated,
        "the service at `\(transcript.address)` is not this machine's `\(server)`")
    }
  }
}

extension Trust.HandshakeTranscript {
  fileprivate init(_ transcript: RPC.HandshakeTranscript) throws(HandshakeError) {
    guard let client = HandshakeNonce(bytes: transcript.clientNonce),
      let server = HandshakeNonce(bytes: transcript.serverNonce),
      let serverRole = ServiceRole(rawValue: transcript.serverRole)
    else { throw .roleUnknown(transcript.serverRole) }
    try self.init(
      protocolVersion: transcript.version, clientNonce: client, serverNonce: server,
      clientRole: transcript.clientRole, serverRole: serverRole,
      listenerAddress: transcript.address)
  }
}
