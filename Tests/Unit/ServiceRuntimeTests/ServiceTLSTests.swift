import Foundation
import RPC
import RPCTestKit
import ServiceRuntime
import TLSTestKit
import Testing
import TransportTCP
import Trust

/// The authenticators that services and clients really use, over TLS. Each side has keys of its own, as
/// on two machines: only the certificates connect them.
@Suite(.timeLimit(.minutes(5))) struct ServiceTLSTests {
  private let authority: TestAuthority

  init() throws {
    authority = try TestAuthority()
  }

  /// Role keys that no other machine knows.
  private func machine(
    _ role: ServiceRole
  ) throws -> (identity: ServiceIdentity, trust: ServiceTrust) {
    let state = authority.folder.appending(path: UUID().uuidString).path
    let keys = ServiceKeyFolder(stateDirectory: state)
    try keys.createMissing()
    return (try keys.identity(of: role), try keys.trust())
  }

  /// The error of a connection to a server of `role` whose certificate says `certified`.
  private func outcome(
    of client: any ClientAuthenticator, _ tls: TLSSettings, role: ServiceRole,
    certified: ServiceRole
  ) async throws -> RPCError? {
    let (identity, trust) = try machine(role)
    let core = ServerCore(
      router: Router(),
      authenticator: ServiceAuthenticator(identity: identity, trust: trust) { key in
        key == Array("good".utf8)
          ? Principal(name: "ada", keyID: "k", roles: [], models: []) : nil
      }, gates: [])
    let server = try await TCPServer.listen(
      core: core, host: "127.0.0.1", port: 0,
      tls: try authority.settings(role: certified.rawValue))
    let result: RPCError?
    do throws(RPCError) {
      _ = try await TCPClient.connect(
        to: server.address, on: EventLoopLinks.shared.next(), authenticator: client, tls: tls,
        timeout: .seconds(60))
      result = nil
    } catch {
      result = error
    }
    await server.shutdown(grace: .zero)
    return result
  }

  @Test func `services of two machines prove each other by certificate`() async throws {
    let (identity, trust) = try machine(.gateway)
    let client = ServicePeerAuthenticator(identity: identity, trust: trust, server: .registry)
    let files = try authority.settings(role: "gateway")
    #expect(
      try await outcome(of: client, files, role: .registry, certified: .registry) == nil)
    let other = try await outcome(of: client, files, role: .registry, certified: .monitor)
    #expect(other?.message.contains("is not one of the role `registry`") == true)
    let poser = try authority.settings(role: "monitor")
    let refused = try await outcome(of: client, poser, role: .registry, certified: .registry)
    #expect(refused == RPCError(.unauthenticated, "the credentials are not valid here"))
  }

  @Test(arguments: [ServiceRole.inferenceWorker, .registry])
  func `a client shows its key to nobody but a gateway, also without the machine's keys`(
    poser: ServiceRole
  ) async throws {
    let client = KeyAuthenticator(apiKey: "good", trust: nil)
    #expect(
      try await outcome(of: client, authority.client, role: .gateway, certified: .gateway) == nil)
    let posing = try await outcome(
      of: client, authority.client, role: .gateway, certified: poser)
    #expect(posing?.message.contains("is not one of the role `gateway`") == true)
    let honest = try await outcome(of: client, authority.client, role: poser, certified: poser)
    #expect(honest?.message == "expected the service `gateway`, found `\(poser)`")
  }
}
