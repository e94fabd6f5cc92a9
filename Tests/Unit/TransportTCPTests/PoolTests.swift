import NIOCore
import RPC
import RPCTestKit
import TLSTestKit
import Testing
import TransportTCP

/// A pool over real connections, whose server restarts in its place.
@Suite(.timeLimit(.minutes(5))) struct PoolTests {
  @Test(arguments: [Carrier.tcp, .tls])
  func `calls ride over the restart of their server`(carrier: Carrier) async throws {
    let authority = carrier == .tls ? try TestAuthority() : nil
    let first = TestService()
    let old = try await listen(first, authority, port: 0)
    let port = old.address.split(separator: ":").last.flatMap { Int($0) } ?? 0
    var settings = PoolSettings.firstHop
    settings.connections = 2
    settings.patience = patience
    let pool = ConnectionPool(
      address: old.address, loops: .shared, authenticator: TestClientAuthenticator.admin,
      pool: settings, tls: authority?.client)
    let begun = Task { try await pool.call(TestService.API.gate, Blob("begun"), options: .patient) }
    #expect(await first.events.next() == "at the gate")

    let end = Task { await old.shutdown(grace: patience) }
    // Nobody listens any more; this call has to wait for the successor.
    try await eventually { await refusesConnections(port, authority) }
    let waiting = Task { try await pool.call(TestService.API.echo, Blob("new"), options: .patient) }
    try await eventually { await pool.waitingCount == 1 }
    first.gate.send("go")
    #expect(try await begun.value.text == "begun")
    await end.value

    let second = TestService()
    let new = try await listen(second, authority, port: port)
    #expect(try await waiting.value.text == "new")
    #expect(second.finished.summary == ["Echo ok"])
    await pool.close()
    await new.shutdown(grace: patience)
  }

  private func listen(
    _ service: TestService, _ authority: TestAuthority?, port: Int
  ) async throws -> TCPServer {
    try await TCPServer.listen(
      core: service.core(limits: .patient), host: "127.0.0.1", port: port,
      tls: try authority?.settings(role: "gateway"))
  }

  private func refusesConnections(_ port: Int, _ authority: TestAuthority?) async -> Bool {
    do throws(RPCError) {
      let connection = try await TCPClient.connect(
        to: "127.0.0.1:\(port)", on: EventLoopLinks.shared.next(),
        authenticator: TestClientAuthenticator.admin, tls: authority?.client, timeout: patience)
      await connection.drain()
      return false
    } catch {
      return error.message.contains("nothing listens")
    }
  }
}

extension CallOptions {
  /// For calls that a test waits for.
  fileprivate static var patient: CallOptions { CallOptions(timeout: patience) }
}
