import RPCTestKit
import Testing
import TransportInProcess
import Wire

@testable import RPC

/// Streams of messages, both ways, and the credit that paces them.
@Suite(.timeLimit(.minutes(5)))
struct StreamTests {
  typealias API = TestService.API

  private func options() -> CallOptions { CallOptions(timeout: nil) }

  @Test(arguments: [0, 1, 7, 3_000])
  func `a client streams its request`(count: Int) async throws {
    let rig = Rig()
    let call = try await rig.client.clientStream(API.sum, options: options())
    for number in 0..<count { try await call.requests.write(Blob("\(number)")) }
    await call.requests.finish()
    #expect(try await call.response().text == "\((0..<count).reduce(0, +))")
    #expect(rig.service.finished.summary == ["Sum ok"])
    await rig.settle()
    #expect(await rig.client.callsInFlight == 0)
  }

  @Test func `the least credit is enough for a stream`() async throws {
    var settings = ConnectionSettings()
    settings.streamCredit = 1
    settings.connectionCredit = 1
    let rig = Rig(clientSettings: settings, serverSettings: settings)
    let call = try await rig.client.twoWayStream(API.chat, options: options())
    async let sent: Void = {
      for number in 0..<50 { try await call.requests.write(Blob("\(number)")) }
      await call.requests.finish()
    }()
    var answers: [String] = []
    for try await answer in call.responses { answers.append(answer.text) }
    try await sent
    #expect(answers == (0..<50).map(String.init))
  }

  @Test func `both sides stream at once`() async throws {
    let rig = Rig(cuts: ByteCuts(seed: 5, countMax: 700))
    let call = try await rig.client.twoWayStream(API.chat, options: options())
    var heard = 0
    var iterator = call.responses.makeAsyncIterator()
    for number in 0..<200 {
      try await call.requests.write(Blob("\(number)"))
      let answer = try await iterator.next()
      #expect(answer?.text == "\(number)")
      heard += 1
    }
    await call.requests.finish()
    let end = try await iterator.next()
    #expect(end == nil && heard == 200)
  }

  @Test func `empty and long messages stream like others`() async throws {
    let rig = Rig(compresses: true)
    let call = try await rig.client.twoWayStream(API.chat, options: options())
    let messages = [Blob(""), .prose(3_000_000), Blob("x"), .noise(1_200_000), Blob("")]
    async let sent: Void = {
      for message in messages { try await call.requests.write(message) }
      await call.requests.finish()
    }()
    var answers: [Blob] = []
    for try await answer in call.responses { answers.append(answer) }
    try await sent
    #expect(answers == messages)
  }

  @Test func `a handler may answer before the request is finished`() async throws {
    let rig = Rig()
    let call = try await rig.client.clientStream(API.sum, options: options())
    try await call.requests.write(Blob("4"))
    try await call.requests.write(Blob("stop"))
    #expect(try await call.response().text == "4")
    await #expect(throws: RPCError.self) {
      while true { try await call.requests.write(Blob("5")) }
    }
    #expect(try await rig.call(API.echo).text == "x")
  }

  @Test func `a stream that is dropped is cancelled`() async throws {
    let rig = Rig()
    var call: TwoWayStreamCall? = try await rig.client.twoWayStream(API.chat, options: options())
    try await call?.requests.write(Blob("x"))
    await rig.settle()
    call = nil
    while await rig.client.callsInFlight > 0 { await rig.settle() }
    while rig.service.finished.summary.isEmpty { await rig.settle() }
    #expect(rig.service.finished.summary == ["Chat cancelled"])
  }

  /// The deadlock of a published protocol: a connection whose one reader waits for a stream that nobody
  /// reads. Here both sides flood each other on streams that nobody reads, and other calls go on.
  @Test func `streams that nobody reads stop neither each other nor other calls`() async throws {
    let rig = Rig(service: TestService())
    try await withThrowingTaskGroup(of: Void.self) { group in
      var calls: [TwoWayStreamCall<Blob, Blob>] = []
      for _ in 0..<8 {
        let call = try await rig.client.twoWayStream(API.chat, options: options())
        calls.append(call)
        group.addTask {
          // Ends when the call does: the echo has filled both windows long before.
          while (try? await call.requests.write(.noise(64 * 1024))) != nil {}
        }
      }
      let floods = [
        try await rig.client.stream(API.flood, Blob("x"), options: options()),
        try await rig.client.stream(API.flood, Blob("x"), options: options()),
      ]
      for _ in 0..<200 { await rig.settle() }
      for number in 0..<50 {
        let answer = try await rig.call(API.echo, Blob("\(number)"))
        #expect(answer.text == "\(number)")
      }
      var read = 0
      for try await _ in floods[0] {
        read += 1
        if read == 500 { break }
      }
      #expect(read == 500)
      #expect(calls.count == 8)
      await rig.link.lose()
    }
  }

  @Test func `a writer that waits for credit can be cancelled`() async throws {
    let rig = Rig()
    let call = try await rig.client.twoWayStream(API.deaf, options: options())
    #expect(await rig.service.events.next() == "hears nothing")
    let writing = Task { () -> RPCError? in
      do throws(RPCError) {
        while true { try await call.requests.write(.noise(64 * 1024)) }
      } catch {
        return error
      }
    }
    var before = -1
    while await before != rig.sent {
      before = await rig.sent
      for _ in 0..<20 { await rig.settle() }
    }
    writing.cancel()
    #expect(await writing.value?.message == "the writer of the stream was cancelled")
    // The call goes on: only its writer gave up.
    #expect(await rig.client.callsInFlight == 1)
  }

  @Test func `empty messages without credit have a budget too`() async throws {
    var limits = ServerLimits()
    limits.heldBytesMax = 64 * 100
    var old = ConnectionSettings()
    old.capabilities = []
    let rig = Rig(limits: limits, serverSettings: old)
    let call = try await rig.client.twoWayStream(API.deaf, options: options())
    #expect(await rig.service.events.next() == "hears nothing")
    for _ in 0..<200 { try? await call.requests.write(Blob("")) }
    while rig.service.finished.all.isEmpty { await rig.settle() }
    #expect(rig.service.finished.summary == ["Deaf resourceExhausted"])
  }

  @Test func `a reader that never catches up keeps no more than what waits for it`() async throws {
    let inbox = MessageInbox(window: 1 << 20)
    try inbox.add([1], cost: 65, more: false, byteCountMax: 10)
    for number in 0..<10_000 {
      try inbox.add([UInt8(truncatingIfNeeded: number)], cost: 65, more: false, byteCountMax: 10)
      _ = try await inbox.next()
    }
    #expect(inbox.heldByteCount == 65 && inbox.capacity < 64)
  }

  @Test(arguments: [false, true])
  func `a server that sends without credit loses the call, or the connection`(
    ofConnection: Bool
  ) async throws {
    var client = ConnectionSettings()
    client.streamCredit = ofConnection ? 1 << 30 : 0
    client.connectionCredit = ofConnection ? 0 : 1 << 30
    let rig = Rig(clientSettings: client)
    let stream = try await rig.client.stream(API.flood, Blob("x"), options: options())
    while await rig.link.server.hasNoCall { await rig.settle() }
    await rig.link.server.takeCreditThatNobodyGave()
    let error = await #expect(throws: RPCError.self) {
      for try await _ in stream {}
    }
    #expect(error?.code == (ofConnection ? .unavailable : .internalError))
    #expect(error?.message.contains("credit") == true)
    #expect(await rig.client.isReady != ofConnection)
  }

  @Test func `what a reader leaves unread is bounded by its window`() async throws {
    var client = ConnectionSettings()
    client.streamCredit = 256 * 1024
    let rig = Rig(clientSettings: client)
    let stream = try await rig.client.stream(API.flood, Blob("x"), options: options())
    #expect(await rig.service.events.next() == "flood began")
    var before = -1
    while await before != rig.sent {
      before = await rig.sent
      for _ in 0..<20 { await rig.settle() }
    }
    #expect(before >= 256 * 1024 && before < 256 * 1024 + 3 * 64 * 1024, "\(before) bytes came")
    var count = 0
    for try await _ in stream {
      count += 1
      if count == 50 { break }
    }
    #expect(count == 50)
  }

  @Test func `a request that nobody reads waits at its sender`() async throws {
    var server = ConnectionSettings()
    server.streamCredit = 128 * 1024
    let rig = Rig(serverSettings: server)
    let call = try await rig.client.twoWayStream(API.deaf, options: options())
    #expect(await rig.service.events.next() == "hears nothing")
    let writing = Task {
      for _ in 0..<64 { try await call.requests.write(.noise(16 * 1024)) }
      await call.requests.finish()
    }
    while await rig.sent < 128 * 1024 { await rig.settle() }
    for _ in 0..<20 { await rig.settle() }
    let sent = await rig.sent
    #expect(sent < 160 * 1024, "\(sent) bytes came")
    rig.service.gate.send("hear")
    var count = 0
    for try await answer in call.responses { count += answer.bytes.count }
    try await writing.value
    #expect(count == 64 * 16 * 1024)
  }

  @Test(arguments: [1, 100_000])
  func `large messages pass through small windows`(window: Int) async throws {
    var settings = ConnectionSettings()
    settings.streamCredit = window
    settings.connectionCredit = window
    let rig = Rig(clientSettings: settings, serverSettings: settings)
    let big = Blob.noise(3_000_000)
    #expect(try await rig.call(API.echo, big) == big)
    let answers = try await withThrowingTaskGroup(of: Blob.self) { group in
      for number in 0..<20 {
        group.addTask { try await rig.call(API.echo, .noise(50_000, seed: UInt64(number))) }
      }
      return try await group.reduce(into: 0) { count, _ in count += 1 }
    }
    #expect(answers == 20)
  }

  @Test func `a peer that knows no credit is served as before`() async throws {
    var old = ConnectionSettings()
    old.capabilities = [.zstd]
    old.streamCredit = 1
    old.connectionCredit = 1
    for (client, server) in [(old, ConnectionSettings()), (ConnectionSettings(), old)] {
      let rig = Rig(clientSettings: client, serverSettings: server)
      let big = Blob.noise(5_000_000)
      #expect(try await rig.call(API.echo, big) == big)
      #expect(try await rig.messages(API.count, Blob("500")).count == 500)
    }
  }
}

extension ServerConnection {
  fileprivate var hasNoCall: Bool { streams.isEmpty }

  /// What a broken server would do: think that it has credit.
  fileprivate func takeCreditThatNobodyGave() {
    for stream in streams.keys { sink.grant(1 << 30, on: stream) }
    sink.grant(1 << 30, on: 0)
    resumeWriters(0)
  }
}
