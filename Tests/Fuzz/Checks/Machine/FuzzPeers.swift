import Base
import RPC

/// Takes the key `k` and nothing else, and proves itself by its name.
struct FuzzServerAuthenticator: ServerAuthenticator {
  let role = "gateway"

  func sign(_ transcript: HandshakeTranscript) -> [UInt8] { Array(role.utf8) }

  func identify(
    signature: [UInt8], apiKey: [UInt8], transcript: HandshakeTranscript,
    security: TransportSecurity, source: String
  ) throws(RPCError) -> PeerIdentity {
    if apiKey == Array("k".utf8) {
      return .principal(
        Principal(name: "k", keyID: "k", roles: ["any"], models: ["*"]))
    }
    if signature == Array("s".utf8) { return .service("gateway") }
    throw RPCError(.unauthenticated, "the credentials are not valid here")
  }
}

struct FuzzClientAuthenticator: ClientAuthenticator {
  let role = "client"
  let apiKey = Array("k".utf8)

  func verifyServer(
    signature: [UInt8], transcript: HandshakeTranscript, security: TransportSecurity
  ) throws(RPCError) {
    guard signature == Array("gateway".utf8), transcript.serverRole == "gateway" else {
      throw RPCError(.unauthenticated, "this is not the gateway")
    }
  }

  func sign(_ transcript: HandshakeTranscript) -> [UInt8] { [] }
}

struct FuzzAssertions: AssertionVerifier {
  func verify(_ token: [UInt8], now: MonotonicInstant) throws(RPCError) -> Caller {
    guard token.first == 1 else { throw RPCError(.unauthenticated, "no") }
    return Caller(
      principal: "p", roles: ["any"], models: ["*"], expiresAt: now.advanced(by: .seconds(1)))
  }
}
