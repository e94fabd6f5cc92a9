import Base
import RPC
import RPCTestKit
import Testing

/// What a caller may rely on, whatever carries the bytes.
@Suite(.timeLimit(.minutes(5))) struct BehaviourTests {
  typealias API = TestService.API

  @Test(arguments: Carrier.allCases)
  func `calls are answered by handlers of both kinds`(carrier: Carrier) async throws {
    try await TestServer.run(carrier) { server in
      let client = try await server.connect()
      for method in [API.echo, API.inline] {
        for text in ["x", "", "a longer one"] {
          #expect(try await client.call(method, Blob(text)).text == text)
        }
      }
      await withTaskGroup(of: Bool.self) { group in
        for number in 0..<200 {
          group.addTask { (try? await client.echo("\(number)")) == "\(number)" }
        }
        for await isRight in group { #expect(isRight) }
      }
      #expect(await client.callsInFlight == 0)
    }
  }

  @Test(arguments: Carrier.allCases)
  func `the messages of a stream arrive in order`(carrier: Carrier) async throws {
    try await TestServer.run(carrier) { server in
      let client = try await server.connect()
      var numbers: [String] = []
      for try await message in try await client.stream(
        API.count, Blob("900"), options: CallOptions(timeout: nil))
      {
        numbers.append(message.text)
      }
      #expect(numbers == (0..<900).map { "\($0)" })
    }
  }

  @Test(arguments: Carrier.allCases)
  func `an error arrives whole, and costs its call only`(carrier: Carrier) async throws {
    try await TestServer.run(carrier) { server in
      let client = try await server.connect()
      let error = await client.failure(API.fail, Blob([StatusCode.aborted.rawValue]))
      #expect(
        error
          == RPCError(
            .aborted, "the test asked for it", retryAfter: .milliseconds(1500), reference: "r-1"))
      #expect(await client.failure(API.echo, Blob([0xFF]))?.code == .invalidArgument)
      #expect(await client.failure(API.missing)?.code == .unimplemented)
      #expect(try await client.echo("x") == "x")
    }
  }

  @Test(arguments: Carrier.allCases)
  func `a call whose time is over ends on both sides`(carrier: Carrier) async throws {
    try await TestServer.run(carrier) { server in
      let client = try await server.connect()
      let call = Task { await client.failure(API.wait, timeout: .milliseconds(200)) }
      #expect(await call.value?.code == .deadlineExceeded)
      #expect(try await client.echo("x") == "x")
      // Begun or not, which is a matter of how fast the machine is, the server has ended it too.
      try await eventually { server.service.finished.summary.count == 2 }
      let ends = Set(server.service.finished.summary)
      #expect(ends.isSubset(of: ["Echo ok", "Wait deadlineExceeded", "Wait cancelled"]))
    }
  }

  @Test(arguments: Carrier.allCases)
  func `a caller that cancels ends its handler's task`(carrier: Carrier) async throws {
    try await TestServer.run(carrier) { server in
      let client = try await server.connect()
      let call = Task { await client.failure(API.wait) }
      #expect(await server.service.events.next() == "waiting")
      call.cancel()
      #expect(await call.value?.code == .cancelled)
      #expect(await server.service.events.next() == "cancelled")
      #expect(try await client.echo("x") == "x")
      try await eventually {
        server.service.finished.summary.sorted() == ["Echo ok", "Wait cancelled"]
      }
    }
  }

  @Test(arguments: Carrier.allCases)
  func `a stream that nobody reads any more is cancelled`(carrier: Carrier) async throws {
    try await TestServer.run(carrier) { server in
      let client = try await server.connect()
      do {
        let stream = try await client.stream(
          API.flood, Blob("x"), options: CallOptions(timeout: nil))
        for try await _ in stream { break }
      }
      #expect(await server.service.events.next() == "flood began")
      #expect(await server.service.events.next() == "flood ended with cancelled")
      #expect(try await client.echo("x") == "x")
    }
  }

  @Test(arguments: Carrier.allCases, [false, true])
  func `messages longer than a frame go in parts, both ways`(
    carrier: Carrier, compresses: Bool
  ) async throws {
    try await TestServer.run(carrier, compresses: compresses) { server in
      for frameBytesMax in [16 * 1024, 1 << 20] {
        var settings = ConnectionSettings()
        settings.frameBytesMax = frameBytesMax
        let client = try await server.connect(settings: settings)
        for byteCount in [frameBytesMax, frameBytesMax + 1, 3 * frameBytesMax + 5] {
          let noise = Blob.noise(byteCount)
          #expect(try await client.call(API.echo, noise) == noise)
          let prose = Blob.prose(byteCount)
          #expect(try await client.call(API.echo, prose) == prose)
          #expect(try await client.call(API.big, Blob("\(byteCount)")) == noise)
        }
      }
    }
  }

  @Test(arguments: Carrier.allCases)
  func `a request over the limit costs its call only`(carrier: Carrier) async throws {
    var limits = ServerLimits.patient
    limits.messageBytesMax = 100_000
    try await TestServer.run(carrier, limits: limits) { server in
      let client = try await server.connect()
      #expect(await client.failure(API.echo, .noise(100_001))?.code == .resourceExhausted)
      #expect(try await client.call(API.echo, .noise(100_000)) == .noise(100_000))
    }
  }

  @Test(arguments: Carrier.allCases)
  func `a wrong key is refused, with one text`(carrier: Carrier) async throws {
    try await TestServer.run(carrier) { server in
      let wrong = TestClientAuthenticator(apiKey: "wrong")
      #expect(
        await server.refusal(as: wrong)
          == RPCError(.unauthenticated, "the credentials are not valid here"))
      #expect(
        await server.refusal(as: TestClientAuthenticator(role: "registry", signature: [1]))
          == RPCError(.unauthenticated, "the credentials are not valid here"))
      let next = try await server.connect()
      #expect(try await next.echo("x") == "x")
    }
  }

  @Test(arguments: Carrier.allCases)
  func `a client shows nothing to a server of another role`(carrier: Carrier) async throws {
    try await TestServer.run(carrier, role: "registry") { server in
      let error = await server.refusal()
      #expect(error?.message == "this is not the `gateway` that was asked for")
    }
  }

  @Test(arguments: [Carrier.inProcess, .tcp])
  func `a client shows nothing to a server with a wrong signature`(carrier: Carrier) async throws {
    try await TestServer.run(carrier, signature: [0]) { server in
      #expect(await server.refusal()?.code == .unauthenticated)
    }
  }

  @Test(arguments: Carrier.allCases)
  func `connections over the server's limit are turned away with a reason`(
    carrier: Carrier
  ) async throws {
    var limits = ServerLimits.patient
    limits.connectionsMax = 1
    try await TestServer.run(carrier, limits: limits) { server in
      let first = try await server.connect()
      let refusal = await server.refusal()
      #expect(refusal?.message.contains("takes no further connection") == true)
      #expect(try await first.echo("x") == "x")
    }
  }

  @Test(arguments: Carrier.allCases)
  func `a server that drains lets calls end and takes no others`(carrier: Carrier) async throws {
    try await TestServer.run(carrier) { server in
      let retired = Events()
      let client = try await server.connect { _ in retired.send("retired") }
      let call = Task { try await client.call(API.gate, Blob("in time")) }
      #expect(await server.service.events.next() == "at the gate")
      await server.core.drain()
      #expect(await retired.next() == "retired")
      #expect(await client.failure(API.echo)?.code == .unavailable)
      #expect(await server.refusal()?.code == .unavailable)
      server.service.gate.send("go")
      #expect(try await call.value.text == "in time")
      try await eventually { server.core.connectionCount == 0 }
    }
  }

  @Test(arguments: Carrier.allCases)
  func `closing a server cancels what runs`(carrier: Carrier) async throws {
    try await TestServer.run(carrier) { server in
      let client = try await server.connect()
      let call = Task { await client.failure(API.wait) }
      #expect(await server.service.events.next() == "waiting")
      await server.core.close()
      #expect(await call.value?.code == .unavailable)
      #expect(await server.service.events.next() == "cancelled")
      try await eventually { server.core.connectionCount == 0 }
    }
  }

  @Test(arguments: Carrier.allCases)
  func `many connections at once are served, each with its own answers`(
    carrier: Carrier
  ) async throws {
    try await TestServer.run(carrier) { server in
      await withTaskGroup(of: Bool.self) { group in
        for number in 0..<100 {
          group.addTask {
            guard let client = try? await server.connect() else { return false }
            for turn in 0..<5 {
              let text = "\(number) \(turn)"
              guard (try? await client.echo(text)) == text else { return false }
            }
            await client.close(RPCError(.cancelled, "done"))
            return true
          }
        }
        for await isRight in group { #expect(isRight) }
      }
      try await eventually { server.core.connectionCount == 0 }
    }
  }

  @Test(arguments: Carrier.allCases)
  func `idle connections do not hold up a busy one, and are there when they are needed`(
    carrier: Carrier
  ) async throws {
    try await TestServer.run(carrier) { server in
      var idle: [ClientConnection] = []
      for _ in 0..<100 { idle.append(try await server.connect()) }
      let busy = try await server.connect()
      for number in 0..<500 { #expect(try await busy.echo("\(number)") == "\(number)") }
      for client in idle { #expect(try await client.echo("awake") == "awake") }
      #expect(server.core.connectionCount == 101)
    }
  }
}
