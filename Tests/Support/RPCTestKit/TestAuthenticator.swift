package import Base
package import RPC

/// Proofs that anyone could make, in the places of the real ones: a signature is the text
/// `SIDE:ROLE:ADDRESS`.
package struct TestServerAuthenticator: ServerAuthenticator {
  package let role: String
  private let signature: [UInt8]?

  /// - Parameter signature: a wrong one to show instead of the right one.
  package init(role: String = "gateway", signature: [UInt8]? = nil) {
    self.role = role
    self.signature = signature
  }

  package func sign(_ transcript: HandshakeTranscript) -> [UInt8] {
    signature ?? Array("server:\(role):\(transcript.address)".utf8)
  }

  package func identify(
    signature: [UInt8], apiKey: [UInt8], transcript: HandshakeTranscript,
    security: TransportSecurity, source: String
  ) throws(RPCError) -> PeerIdentity {
    let role = transcript.clientRole
    if role == "client" {
      switch String(decoding: apiKey, as: UTF8.self) {
      case "key-admin": return .principal(principal("ada", roles: ["admin"]))
      case "key-developer": return .principal(principal("dev", roles: ["developer"]))
      default: break
      }
    } else if case .tls(let peerRole) = security {
      if peerRole == role { return .service(role) }
    } else if signature == Array("client:\(role):\(transcript.address)".utf8) {
      return .service(role)
    }
    throw RPCError(.unauthenticated, "the credentials are not valid here")
  }

  private func principal(_ name: String, roles: Set<String>) -> Principal {
    Principal(name: name, keyID: "k-\(name)", roles: roles, models: ["*"])
  }
}

/// Asserts what its name says, as a client or as a service.
package struct TestClientAuthenticator: ClientAuthenticator {
  package let role: String
  package let apiKey: [UInt8]
  package var serverRole = "gateway"
  private let signature: [UInt8]?

  package init(role: String, signature: [UInt8]? = nil) {
    self.role = role
    self.signature = signature
    apiKey = []
  }

  package init(apiKey: String) {
    role = "client"
    signature = []
    self.apiKey = Array(apiKey.utf8)
  }

  package static let admin = TestClientAuthenticator(apiKey: "key-admin")
  package static let developer = TestClientAuthenticator(apiKey: "key-developer")
  package static let gateway = TestClientAuthenticator(role: "gateway")

  package func verifyServer(
    signature: [UInt8], transcript: HandshakeTranscript, security: TransportSecurity
  ) throws(RPCError) {
    let isProven =
      switch security {
      case .plain: signature == Array("server:\(serverRole):\(transcript.address)".utf8)
      case .tls(let peerRole): peerRole == serverRole
      }
    guard isProven, transcript.serverRole == serverRole else {
      throw RPCError(.unauthenticated, "this is not the `\(serverRole)` that was asked for")
    }
  }

  package func sign(_ transcript: HandshakeTranscript) -> [UInt8] {
    signature ?? Array("client:\(role):\(transcript.address)".utf8)
  }
}

/// Takes tokens of the form `PRINCIPAL ROLE SECONDS`.
package struct TestAssertionVerifier: AssertionVerifier {
  package init() {}

  package func verify(_ token: [UInt8], now: MonotonicInstant) throws(RPCError) -> Caller {
    let parts = String(decoding: token, as: UTF8.self).split(separator: " ")
    guard parts.count >= 3, let seconds = Int(parts[2]) else {
      throw RPCError(.unauthenticated, "the assertion is not valid")
    }
    return Caller(
      principal: String(parts[0]), roles: [String(parts[1])], models: ["*"],
      expiresAt: now.advanced(by: .seconds(seconds)))
  }
}
