import Foundation
import RPC
import RPCTestKit
import Synchronization
import TLSTestKit
import Testing

@testable import TransportTCP

/// Loops that poll before they sleep, under real connections.
@Suite(.timeLimit(.minutes(5))) struct PollingTests {
  /// The kernel's, and counts the looks.
  private final class CountingProbe: SocketProbe {
    let looks = Atomic<Int>(0)
    private let kernel = KernelProbe()

    func isAnyReadable(_ descriptors: [CInt]) -> Bool {
      looks.add(1, ordering: .relaxed)
      return kernel.isAnyReadable(descriptors)
    }

    func yield() { kernel.yield() }
    var now: UInt64 { kernel.now }
    var count: Int { looks.load(ordering: .relaxed) }
  }

  /// Its time stands still, and once it is blind only a job that waits ends a poll.
  private final class BlindProbe: SocketProbe {
    let looks = Atomic<Int>(0)
    let isBlind = Atomic<Bool>(false)

    func isAnyReadable(_ descriptors: [CInt]) -> Bool {
      looks.add(1, ordering: .relaxed)
      return !isBlind.load(ordering: .relaxed) && KernelProbe().isAnyReadable(descriptors)
    }

    func yield() { sched_yield() }
    var now: UInt64 { 1_000_000_000 }
  }

  private func withServer(
    on loops: EventLoopLinks, polls: Bool, tls: TestAuthority? = nil,
    _ body: (TCPServer) async throws -> Void
  ) async throws {
    let server = try await TCPServer.listen(
      core: TestService().core(role: "gateway", signature: nil, limits: .patient), loops: loops,
      host: "127.0.0.1", port: 0, tls: try tls?.settings(role: "gateway"), polls: polls)
    do {
      try await body(server)
    } catch {
      await server.shutdown(grace: .zero)
      throw error
    }
    await server.shutdown(grace: .zero)
  }

  private func connect(
    to server: TCPServer, on loops: EventLoopLinks, polls: Bool, tls: TestAuthority? = nil
  ) async throws(RPCError) -> ClientConnection {
    try await TCPClient.connect(
      to: server.address, on: loops.next(), authenticator: TestClientAuthenticator.admin,
      tls: tls?.client, timeout: patience, polls: polls)
  }

  private func call(_ client: ClientConnection, _ count: Int) async throws {
    for number in 0..<count {
      let text = Blob("call \(number)")
      #expect(try await client.call(TestService.API.echo, text) == text)
    }
  }

  @Test(arguments: [false, true])
  func `a connection that asked has its loop look, and an idle one not`(isTLS: Bool) async throws {
    let authority = isTLS ? try TestAuthority() : nil
    let (near, far) = (CountingProbe(), CountingProbe())
    let clients = EventLoopLinks(pollingThreads: 1, probe: near)
    let servers = EventLoopLinks(pollingThreads: 1, probe: far)
    try await withServer(on: servers, polls: true, tls: authority) { server in
      let client = try await connect(to: server, on: clients, polls: true, tls: authority)
      try await call(client, 100)
      #expect(near.count > 0)
      #expect(far.count > 0)
      // The last windows end. Others' calls are the clock then.
      try await withServer(on: .shared, polls: false) { other in
        let bystander = try await connect(to: other, on: .shared, polls: false)
        var before = -1
        while before != near.count + far.count {
          before = near.count + far.count
          try await call(bystander, 200)
        }
        try await call(bystander, 500)
        #expect(near.count + far.count == before)
        await bystander.close(RPCError(.cancelled, "done"))
      }
      await client.close(RPCError(.cancelled, "done"))
    }
  }

  @Test func `a connection that did not ask leaves its loop asleep`() async throws {
    let probe = CountingProbe()
    let loops = EventLoopLinks(pollingThreads: 1, probe: probe)
    try await withServer(on: loops, polls: false) { server in
      let client = try await connect(to: server, on: loops, polls: false)
      try await call(client, 50)
      #expect(probe.count == 0)
      await client.close(RPCError(.cancelled, "done"))
    }
  }

  @Test func `jobs of other threads end a poll`() async throws {
    let probe = BlindProbe()
    let loops = EventLoopLinks(pollingThreads: 1, probe: probe)
    try await withServer(on: .shared, polls: false) { server in
      let client = try await connect(to: server, on: loops, polls: true)
      try await call(client, 1)
      probe.isBlind.store(true, ordering: .relaxed)
      for round in 0..<100 {
        // Polls for ever from the connection's last activity on, unless a job is seen.
        let seen = probe.looks.load(ordering: .relaxed)
        while probe.looks.load(ordering: .relaxed) == seen { await Task.yield() }
        if round.isMultiple(of: 2) {
          await withCheckedContinuation { done in loops.all[0].execute { done.resume() } }
        } else {
          _ = await client.isReady
        }
      }
      probe.isBlind.store(false, ordering: .relaxed)
      await client.close(RPCError(.cancelled, "done"))
    }
  }
}
