import RPC
import RPCTestKit
import Testing
import TransportTCP

@testable import ServiceRuntime

@Suite struct ListenTests {
  private func failure<Failure: Error>(
    _ type: Failure.Type = RPCError.self, host: String, port: Int, tls: TLSSettings? = nil
  ) async throws -> Failure {
    let core = ServerCore(
      router: Router(), authenticator: TestServerAuthenticator(), gates: [])
    return try #require(
      await #expect(throws: Failure.self) {
        _ = try await TCPServer.listen(core: core, host: host, port: port, tls: tls)
      })
  }

  @Test("a port that is taken is told with its address and what to do")
  func taken() async throws {
    let house = try await RuntimeHouse()
    let port = try #require(HostPort(house.server.address)?.port)
    let error = try await failure(host: "127.0.0.1", port: port)
    #expect(error.code == .unavailable)
    #expect(error.message.contains("`127.0.0.1:\(port)`: another process has the port"))
    let probed = await #expect(throws: RPCError.self) {
      try await ListenProbe.check(host: "127.0.0.1", port: port)
    }
    #expect(probed?.message == error.message)
    await house.server.shutdown(grace: .seconds(5))
  }

  @Test("a port that was probed is free again")
  func probed() async throws {
    let house = try await RuntimeHouse()
    let port = try #require(HostPort(house.server.address)?.port)
    await house.server.shutdown(grace: .seconds(5))
    for _ in 1...3 { try await ListenProbe.check(host: "127.0.0.1", port: port) }
  }

  @Test("a host that is no address, and a file that is no certificate, are named")
  func unusable() async throws {
    let host = try await failure(host: "nowhere.invalid", port: 0)
    #expect(host.code == .invalidArgument && host.message.contains("`nowhere.invalid:0`"))
    let tls = TLSSettings(
      certificateFile: "/nonexistent/c.pem", keyFile: "/nonexistent/c.key",
      authorityFile: "/nonexistent/a.pem")
    let file = try await failure(TLSFileError.self, host: "127.0.0.1", port: 0, tls: tls)
    #expect(file.description.contains("expected a certificate at `/nonexistent/c.pem`"))
  }
}
