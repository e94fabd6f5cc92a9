import Foundation
import RPC
import RPCTestKit
import ServiceLifecycle
import Synchronization
import TransportTCP
import Trust

@testable import ServiceRuntime

/// A gateway's listener on loopback with the keys of a folder of its own.
struct RuntimeHouse {
  let server: TCPServer
  let trust: ServiceTrust
  let identity: ServiceIdentity
  let refusals = Refusals()

  /// Where refused sign-ins came from.
  final class Refusals: Sendable {
    private let sources = Mutex<[String]>([])

    func add(_ source: String) { sources.withLock { $0.append(source) } }

    var all: [String] { sources.withLock { $0 } }
  }

  init() async throws {
    let half = [UInt8](repeating: 5, count: 32)
    let key = try SigningKey(seed: half, scalar: half, comment: "gateway")
    identity = ServiceIdentity(role: .gateway, key: key)
    trust = try ServiceTrust([.gateway: [key.verifyingKey]])
    let core = ServerCore(
      router: TestService().router,
      authenticator: ServiceAuthenticator(
        identity: identity, trust: trust,
        keyCheck: { key in
          guard key == Array("good".utf8) else { return nil }
          return Principal(name: "ada", keyID: "k", roles: ["developer"], models: ["*"])
        }, onRefusal: refusals.add),
      gates: [RoleAdmission()], settings: .ofRelease)
    server = try await TCPServer.listen(core: core, host: "127.0.0.1", port: 0)
  }

  func client(_ key: String) -> ReconnectingChannel {
    Connector().client(at: server.address, apiKey: key, trust: trust)
  }
}

/// Serves nothing until it is asked to end.
struct IdleService: Service {
  func run() async throws { try await gracefulShutdown() }
}
