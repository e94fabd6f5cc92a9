import Base
import NIOCore
import RPC
import RPCTestKit
import Testing
import TransportTCP

/// What a caller is told where no connection comes about.
@Suite(.timeLimit(.minutes(5))) struct ConnectTests {
  private func failure(
    to address: String, tls: TLSSettings? = nil, timeout: Duration = patience
  ) async -> RPCError? {
    do throws(RPCError) {
      _ = try await TCPClient.connect(
        to: address, on: EventLoopLinks.shared.next(),
        authenticator: TestClientAuthenticator.admin, tls: tls, timeout: timeout)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: ["nonsense", ":7400", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:http"])
  func `what is no address is refused by name`(address: String) async {
    let error = await failure(to: address)
    #expect(error?.code == .invalidArgument && error?.message.contains(address) == true)
  }

  @Test func `where nothing listens the caller is told so`() async throws {
    var port = 0
    try await RawListener.run(.silent) { port = $0.port }
    let error = await failure(to: "127.0.0.1:\(port)")
    #expect(
      error
        == RPCError(
          .unavailable, "nothing listens on `127.0.0.1:\(port)`; is the service running?",
          retryAfter: .milliseconds(100)))
  }

  @Test func `a host that does not answer is given up in time`() async throws {
    try await RawListener.run(.deaf) { listener in
      // Once its queue is full, the kernel answers nobody.
      var waiting: [RawSocket] = []
      while let socket = try? await RawSocket.connect(
        to: listener.port, timeout: .milliseconds(500))
      {
        waiting.append(socket)
      }
      let error = await failure(to: "127.0.0.1:\(listener.port)", timeout: .milliseconds(300))
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("did not answer within") == true, "\(error as Any)")
      for socket in waiting { await socket.close() }
    }
  }

  @Test func `a server that says nothing is given up in time`() async throws {
    try await RawListener.run(.silent) { listener in
      // Long enough for a connection on a machine that is busy with other tests.
      let error = await failure(to: "127.0.0.1:\(listener.port)", timeout: .seconds(3))
      #expect(error?.message == "the server did not finish the handshake in time")
    }
  }

  @Test func `a server that leaves half-way through the handshake is lost`() async throws {
    try await RawListener.run(.saysAndCloses([16, 0, 0, 0, 0, 0])) { listener in
      let error = await failure(to: "127.0.0.1:\(listener.port)")
      #expect(error?.code == .unavailable)
    }
  }

  @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2p1\r\n"])
  func `a server of another protocol is no server of ours`(greeting: String) async throws {
    try await RawListener.run(.says(Array(greeting.utf8))) { listener in
      let error = await failure(to: "127.0.0.1:\(listener.port)")
      #expect(error?.message.contains("the server broke the protocol") == true)
    }
  }

  @Test func `a name that nobody knows is told`() async {
    // RFC 6761: no resolver knows it. One that can't be asked may take its time.
    let error = await failure(to: "nobody.invalid:7400", timeout: .seconds(20))
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("`nobody.invalid`") == true)
  }

  @Test(arguments: ["127.0.0.1", "::1"])
  func `localhost is tried on both of its addresses`(host: String) async throws {
    let core = TestService().core()
    guard let server = try? await TCPServer.listen(core: core, host: host, port: 0) else {
      // A machine without IPv6.
      #expect(host == "::1")
      return
    }
    let port = server.address.split(separator: ":").last ?? ""
    let client = try await TCPClient.connect(
      to: "localhost:\(port)", on: EventLoopLinks.shared.next(),
      authenticator: TestClientAuthenticator.admin, timeout: patience)
    #expect(try await client.echo("x") == "x")
    await server.shutdown(grace: .zero)
  }

  @Test(arguments: ["192.0.2.1:7400", "[2001:db8::1]:7400"])
  func `beyond loopback nobody is called without TLS`(address: String) async {
    let error = await failure(to: address)
    #expect(error?.code == .failedPrecondition)
    #expect(error?.message.contains("TLS is required") == true)
  }

  @Test(arguments: ["0.0.0.0", "::", "192.0.2.1"])
  func `beyond loopback nobody listens without TLS`(host: String) async throws {
    let error = await #expect(throws: RPCError.self) {
      _ = try await TCPServer.listen(core: TestService().core(), host: host, port: 0)
    }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.message.contains("slipway certs init") == true)
  }

  @Test func `a port that is in use is named`() async throws {
    try await RawListener.run(.silent) { listener in
      let error = await #expect(throws: RPCError.self) {
        _ = try await TCPServer.listen(
          core: TestService().core(), host: "127.0.0.1", port: listener.port)
      }
      #expect(error?.message.contains("`127.0.0.1:\(listener.port)`: another process") == true)
    }
  }

  // MARK: Ends

  @Test(arguments: [Carrier.tcp, .tls])
  func `a listener that stops lets calls end, and then nothing listens`(
    carrier: Carrier
  ) async throws {
    try await TestServer.run(carrier) { server in
      let client = try await server.connect()
      let call = Task { try await client.call(TestService.API.gate, Blob("in time")) }
      #expect(await server.service.events.next() == "at the gate")
      let end = Task { await server.end(grace: patience) }
      try await eventually { await !client.isReady }
      #expect(await server.refusal()?.message.contains("nothing listens") == true)
      server.service.gate.send("go")
      #expect(try await call.value.text == "in time")
      await end.value
      #expect(server.core.connectionCount == 0)
    }
  }

  @Test func `a listener that stops waits no longer than its grace`() async throws {
    try await TestServer.run(.tcp) { server in
      let client = try await server.connect()
      let call = Task { await client.failure(TestService.API.stubborn) }
      #expect(await server.service.events.next() == "began")
      await server.end(grace: .milliseconds(50))
      #expect(await call.value?.code == .unavailable)
      server.service.stubborn.releaseAll()
      #expect(await server.service.events.next() == "ended")
    }
  }
}
