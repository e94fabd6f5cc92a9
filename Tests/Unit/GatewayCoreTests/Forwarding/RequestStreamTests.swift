import Contracts
import RPC
import RPCTestKit
import Synchronization
import Testing
import TransportInProcess
import Wire

@testable import GatewayCore

/// Requests that are streams, through the gateway to a worker.
@Suite(.timeLimit(.minutes(10))) struct RequestStreamTests {
  private typealias API = TestService.API

  private static func house() throws -> ForwardingHouse {
    try ForwardingHouse(keys: [try .of("slow"), try .of("ada")], upstreamCallsMax: 16)
  }

  @Test("a stream of requests reaches the worker, and its one answer the caller")
  func clientStream() async throws {
    let house = try Self.house()
    let call = try await house.client("ada").client.clientStream(API.sum, options: house.options)
    for number in 1...1_000 { try await call.requests.write(Blob("\(number)")) }
    await call.requests.finish()
    #expect(try await call.response().text == "500500")
    await house.settle()
    #expect(house.held == .none)
  }

  @Test("each message of a two-way stream goes on as it comes, and is answered meanwhile")
  func twoWayStream() async throws {
    let house = try Self.house()
    let call = try await house.client("ada").client.twoWayStream(API.chat, options: house.options)
    var answers = call.responses.makeAsyncIterator()
    for size in [0, 1, 5_000, 1 << 20, 3 << 20] {
      let blob = Blob.noise(size)
      try await call.requests.write(blob)
      #expect(try await answers.next() == blob)
    }
    await call.requests.finish()
    #expect(try await answers.next() == nil)
    await house.settle()
    #expect(house.held == .none)
  }

  @Test("an answer may come before the request has ended, which is dropped then")
  func earlyAnswer() async throws {
    let house = try Self.house()
    let call = try await house.client("ada").client.clientStream(API.sum, options: house.options)
    try await call.requests.write(Blob("7"))
    try await call.requests.write(Blob("stop"))
    #expect(try await call.response().text == "7")
    await #expect(throws: RPCError.self) { try await call.requests.write(Blob("8")) }
    await house.settle()
    #expect(house.held == .none)
  }

  @Test("a worker that reads nothing stops its caller's stream, and nothing else")
  func slowWorker() async throws {
    let house = try Self.house()
    let slow = house.client("slow")
    let call = try await slow.client.twoWayStream(API.deaf, options: house.options)
    let written = Mutex(0)
    let count = 400
    let message = Blob.noise(64 << 10)
    let writer = Task {
      for _ in 0..<count {
        try await call.requests.write(message)
        written.withLock { $0 += 1 }
      }
      await call.requests.finish()
    }
    #expect(await house.service.events.next() == "hears nothing")
    // A window at the worker and one here, with a frame over each.
    let windows = ConnectionSettings().streamCredit
    let most = 2 * (windows + (64 << 10) + FrameHeader.creditSurcharge) / (64 << 10) + 2
    while written.withLock({ $0 }) < windows * 2 / (64 << 10) - 2 { await house.settle() }
    await house.settle()
    #expect(written.withLock { $0 } <= most)
    #expect(house.held.bytes > 0 && house.held.bytes <= windows + (2 << 20))
    // Others, and other calls of the same connection, notice nothing.
    for link in [slow, house.client("ada")] {
      #expect(try await house.infer(link).modelName == ForwardingHouse.model)
      let other = try await link.client.clientStream(API.sum, options: house.options)
      try await other.requests.write(Blob("5"))
      await other.requests.finish()
      #expect(try await other.response().text == "5")
    }
    #expect(written.withLock { $0 } <= most)
    house.service.gate.send("open")
    var answers = 0
    for try await answer in call.responses {
      #expect(answer == message)
      answers += 1
    }
    #expect(answers == count)
    try await writer.value
    await house.settle()
    #expect(house.held == .none)
  }

  @Test("a caller who knows no credit is held to the bytes of a key")
  func withoutCredit() async throws {
    let holder = try KeyHolder.of("hog")
    let house = try ForwardingHouse(keys: [holder, try .of("ada")], upstreamCallsMax: 16)
    let hog = await FrameClient(house, key: "hog")
    let number = try #require(
      house.methodNumber(of: API.deaf.descriptor.name))
    await hog.begin(1, method: number)
    let body = [UInt8](repeating: 1, count: WireLimits.framePayloadBytesMax - 64)
    for _ in 0..<(HeldRequests.keyMax.bytes / body.count + 6) {
      await hog.goOn(1, flags: [], body: body)
    }
    #expect(await hog.end(of: 1)?.code == .resourceExhausted)
    #expect(try await house.infer(house.client("ada")).modelName == ForwardingHouse.model)
    #expect(house.held == .none && holder.counts.held.size == .none)
  }

  @Test("a cancelled stream is cancelled at the worker, and nothing of it is kept")
  func cancelled() async throws {
    let house = try Self.house()
    let hog = await FrameClient(house, key: "slow")
    await hog.begin(1, method: try #require(house.methodNumber(of: API.deaf.descriptor.name)))
    await hog.goOn(1, flags: [], body: [1])
    #expect(await house.service.events.next() == "hears nothing")
    for _ in 0..<8 { await hog.goOn(1, flags: [], body: .init(repeating: 1, count: 1 << 19)) }
    await house.settle()
    await hog.cancel(1)
    await house.settle()
    #expect(house.held == .none)
    #expect(await hog.ends().isEmpty)
    #expect(try await house.infer(house.client("ada")).modelName == ForwardingHouse.model)
  }

  @Test("a stream that the worker has begun is not sent again when the worker is lost")
  func lostWorker() async throws {
    let house = try Self.house()
    let link = house.client("ada")
    let call = try await link.client.clientStream(API.sum, options: house.options)
    try await call.requests.write(Blob("7"))
    await house.settle()
    await house.loseUpstreams()
    let error = await #expect(throws: RPCError.self) { try await call.response() }
    #expect(error?.code == .unavailable)
    #expect(house.held == .none)
    // The gateway connects again after a while.
    #expect(await house.outcome(link) == nil)
  }
}
