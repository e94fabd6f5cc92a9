import Contracts
import RPC
import RPCTestKit
import Testing
import TransportInProcess
import Wire

@testable import GatewayCore

@Suite struct UnfinishedRequestTests {
  private static let model = ForwardingHouse.model

  @Test("unfinished requests of one client take nothing from the calls of another")
  func fairShare() async throws {
    let house = try ForwardingHouse(keys: [try .of("hog"), try .of("ada")], upstreamCallsMax: 16)
    let hog = await FrameClient(house, key: "hog")
    await hog.begin(streams: 1...16)
    let ada = house.client("ada")
    #expect(try await house.infer(ada).modelName == Self.model)
    #expect(await hog.ends().isEmpty)
    // Each of them goes on its way once it is whole.
    let rest = encoded()
    await hog.goOn(3, flags: .more, body: Array(rest.prefix(2)))
    await hog.goOn(3, flags: .end, body: Array(rest.dropFirst(2)))
    #expect(await hog.end(of: 3)?.code == .ok)
    #expect(await hog.ends().count == 1)
    #expect(house.held.requests == 15)
  }

  @Test("a key has so many unfinished requests and no more, over all its connections")
  func countLimit() async throws {
    let house = try ForwardingHouse(
      keys: [try .of("hog"), try .of("ada")], upstreamCallsMax: 4_096)
    let first = await FrameClient(house, key: "hog")
    let second = await FrameClient(house, key: "hog")
    let most = UInt32(HeldRequests.keyMax.requests)
    await first.begin(streams: 1...most)
    await second.begin(1)
    #expect(await first.ends().isEmpty)
    let refusal = try #require(await second.ends()[1])
    #expect(refusal.code == .resourceExhausted && refusal.retryAfter != nil)
    #expect(refusal.message.contains("1024"), "\(refusal)")
    // A request that is whole takes no part in it.
    await second.begin(2, flags: .end, body: encoded())
    #expect(await second.end(of: 2)?.code == .ok)
    await first.cancel(7)
    await second.begin(3)
    #expect(await second.ends()[3] == nil)
  }

  @Test("the bytes of unfinished requests are bounded for each key")
  func byteLimit() async throws {
    let house = try ForwardingHouse(keys: [try .of("hog")], upstreamCallsMax: 4_096)
    let hog = await FrameClient(house, key: "hog")
    let part = [UInt8](repeating: 0, count: WireLimits.framePayloadBytesMax - 64)
    let parts = HeldRequests.keyMax.bytes / WireLimits.framePayloadBytesMax
    for stream in 1...UInt32(parts + 1) { await hog.begin(stream, body: part) }
    let ends = await hog.ends()
    #expect(ends.count == 1 && ends.values.allSatisfy { $0.code == .resourceExhausted })
    await hog.close()
    await house.settle()
    #expect(house.held == .none)
  }

  @Test("a request that is not whole in time is ended, and gives back what it held")
  func timeLimit() async throws {
    let house = try ForwardingHouse(keys: [try .of("hog")], upstreamCallsMax: 16)
    let hog = await FrameClient(house, key: "hog")
    await hog.begin(1, body: [1])
    await house.settle()
    await house.loop.advance(by: UnfinishedRequests.timeMax / 2)
    await hog.begin(2, body: [1])
    await hog.goOn(1, flags: .more, body: [2])
    #expect(await hog.ends().isEmpty)
    await house.loop.advance(by: UnfinishedRequests.timeMax / 2 + .seconds(1))
    let late = await hog.ends()
    #expect(late.mapValues(\.code) == [1: .deadlineExceeded])
    #expect(late[1]?.message.contains("60 seconds") == true)
    #expect(house.held.requests == 1)
    await house.loop.advance(by: UnfinishedRequests.timeMax)
    #expect(await hog.ends().count == 2)
    #expect(house.held == .none)
  }

  @Test("what a cancelled, lost or refused request held is given back")
  func givenBack() async throws {
    let holder = try KeyHolder.of("hog")
    let house = try ForwardingHouse(keys: [holder], upstreamCallsMax: 16)
    let hog = await FrameClient(house, key: "hog")
    await hog.begin(streams: 1...3)
    await hog.cancel(1)
    await hog.goOn(2, flags: .end, body: [0xff])
    await hog.close()
    await house.settle()
    #expect(house.held == .none && holder.counts.held.size == .none)
  }

  @Test("calls to the registry are bounded for each key, watches among them")
  func registryCalls() async throws {
    let house = try ForwardingHouse(
      keys: [try .of("hog"), try .of("ada")], upstreamCallsMax: 4_096)
    let hog = house.client("hog")
    var watches: [ResponseStream<Registry.ModelState>] = []
    for _ in 0..<KeyCounts.serviceCallsMax { watches.append(try await watch(hog)) }
    var refused = try await watch(hog).makeAsyncIterator()
    let error = await #expect(throws: RPCError.self) { _ = try await refused.next() }
    #expect(error?.code == .resourceExhausted)
    let other = try await watch(house.client("ada"))
    await house.settle()
    #expect(house.gateway.connectionCount == 2)
    withExtendedLifetime((watches, other)) {}
  }

  private func watch(
    _ link: InProcessLink
  ) async throws -> ResponseStream<Registry.ModelState> {
    try await link.client.stream(
      Registry.API.watchModels, Registry.WatchModelsRequest(), options: CallOptions(timeout: nil))
  }

  private func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    Inference.ModelInferRequest(modelName: Self.model).encode { byteCount, fill in
      bytes = [UInt8](byteCount: byteCount, fill)
    }
    return bytes
  }
}
