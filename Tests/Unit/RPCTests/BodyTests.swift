import Base
import RPC
import RPCTestKit
import Testing
import TransportInProcess
import Wire

@Suite struct BodyTests {
  typealias API = TestService.API

  @Test(arguments: [16 * 1024, 1 << 20], [false, true])
  func `messages longer than a frame go in parts, both ways`(
    frameBytesMax: Int, compresses: Bool
  ) async throws {
    var settings = ConnectionSettings()
    settings.frameBytesMax = frameBytesMax
    let rig = Rig(clientSettings: settings, compresses: compresses)
    for byteCount in [frameBytesMax - 20, frameBytesMax, frameBytesMax + 1, 3 * frameBytesMax + 5] {
      let noise = Blob.noise(byteCount)
      #expect(try await rig.call(API.echo, noise) == noise)
      let prose = Blob.prose(byteCount)
      #expect(try await rig.call(API.echo, prose) == prose)
      #expect(try await rig.call(API.big, Blob("\(byteCount)")) == noise)
    }
  }

  @Test func `compression is used where both agreed, and only there`() async throws {
    let prose = Blob.prose(100_000)
    let plain = Rig(compresses: false)
    #expect(try await plain.call(API.echo, prose) == prose)
    let compressing = Rig(compresses: true)
    #expect(try await compressing.call(API.echo, prose) == prose)
    var settings = ConnectionSettings()
    settings.capabilities = []
    let unwilling = Rig(clientSettings: settings, compresses: true)
    #expect(try await unwilling.call(API.echo, prose) == prose)
    let counts = [await plain.sent, await compressing.sent, await unwilling.sent]
    #expect(counts[0] > 200_000 && counts[1] < 50_000 && counts[2] > 200_000, "\(counts)")
  }

  @Test func `keys and assertions are never compressed, however well they would`() async throws {
    let filler = String(repeating: "a", count: 20_000)
    let refused = Rig(TestClientAuthenticator(apiKey: filler), compresses: true)
    #expect(await refused.connectionFailure()?.code == .unauthenticated)
    let asserting = Rig(.gateway, compresses: true)
    var options = CallOptions(timeout: nil)
    options.assertion = Array("ada admin 60 \(filler)".utf8)
    _ = try? await asserting.call(API.echo, options: options)
    let counts = [await refused.sent, await asserting.sent]
    #expect(counts[0] > 20_000 && counts[1] > 20_000, "\(counts)")
  }

  @Test func `a request over the limit is refused and costs its call only`() async throws {
    var limits = ServerLimits()
    limits.messageBytesMax = 100_000
    var settings = ConnectionSettings()
    settings.frameBytesMax = 16 * 1024
    let rig = Rig(limits: limits, clientSettings: settings)
    #expect(await rig.failure(API.echo, .noise(100_001))?.code == .resourceExhausted)
    #expect(try await rig.call(API.echo, .noise(100_000)) == .noise(100_000))
    let whole = Rig(limits: limits)
    #expect(await whole.failure(API.echo, .noise(100_001))?.code == .resourceExhausted)
  }

  @Test func `requests that are never finished have a budget together`() async throws {
    var limits = ServerLimits()
    limits.assemblyBytesMax = 100_000
    let rig = Rig(limits: limits)
    #expect(await rig.connectionFailure() == nil)
    for stream in 1...20 as ClosedRange<UInt32> {
      await rig.link.write(
        RawFrames.call(
          API.echo, of: rig.service, stream: stream, flags: .more,
          body: [UInt8](repeating: 1, count: 10_000)))
    }
    await rig.settle()
    #expect(
      rig.service.finished.summary == [String](repeating: "Echo resourceExhausted", count: 10))
    // What is cancelled gives its share back.
    for stream in 1...10 as ClosedRange<UInt32> {
      await rig.link.write(RawFrames.frame(.cancel, stream: stream))
    }
    var options = CallOptions(timeout: nil)
    options.metadata.model = [97]
    #expect(try await rig.call(API.echo, .noise(90_000), options: options) == .noise(90_000))
  }

  @Test func `connections share a budget of what is never finished, and whole requests need none`()
    async throws
  {
    var limits = ServerLimits()
    limits.assemblyBytesTotalMax = 100_000
    let rig = Rig(limits: limits)
    #expect(await rig.connectionFailure() == nil)
    let other = InProcessLink.connect(
      core: rig.core, loop: rig.loop, authenticator: TestClientAuthenticator.admin)
    try await other.client.waitUntilReady()
    for (link, streams) in [(rig.link, 1...8), (other, 1...8)] as [(_, ClosedRange<UInt32>)] {
      for stream in streams {
        await link.write(
          RawFrames.call(
            API.echo, of: rig.service, stream: stream, flags: .more,
            body: [UInt8](repeating: 1, count: 10_000)))
      }
    }
    await rig.settle()
    #expect(
      rig.service.finished.summary == [String](repeating: "Echo resourceExhausted", count: 6))
    #expect(try await rig.call(API.echo, .noise(90_000)) == .noise(90_000))
    // What a connection takes with it is given back.
    await other.lose()
    await rig.settle()
    let settings = ConnectionSettings()
    let third = InProcessLink.connect(
      core: rig.core, loop: rig.loop, authenticator: TestClientAuthenticator.admin,
      settings: settings)
    try await third.client.waitUntilReady()
    await third.write(
      RawFrames.call(
        API.echo, of: rig.service, stream: 9, flags: .more,
        body: [UInt8](repeating: 1, count: 20_000)))
    await rig.settle()
    #expect(rig.service.finished.summary.count { $0 == "Echo resourceExhausted" } == 6)
  }

  static let badBodies: [(String, [UInt8], Int)] = [
    ("no zstd at all", [1, 2, 3, 4, 5], 100),
    ("a zstd frame of another size", small, 4_000),
    ("a cut zstd frame", [UInt8](small.dropLast(2)), 5_000),
    ("a zstd frame and more", small + [0], 5_000),
    ("a bomb's size within the frame's limit", small, 1 << 20),
  ]
  static let small: [UInt8] =
    ZstdCompressor().flatMap { zstd in
      [UInt8](repeating: 5, count: 5_000).withRawSpan { zstd.compress($0) }
    } ?? []

  @Test(arguments: badBodies)
  func `a body that can't be inflated costs its call only`(
    name: String, body: [UInt8], inflated: Int
  ) async throws {
    let rig = Rig()
    #expect(await rig.connectionFailure() == nil)
    for method in [API.echo, API.inline] {
      await rig.link.write(
        RawFrames.call(
          method, of: rig.service, stream: 9, flags: [.end, .compressed], body: body,
          inflated: inflated))
    }
    await rig.settle()
    #expect(
      rig.service.finished.summary == ["Echo invalidArgument", "Inline invalidArgument"], "\(name)")
    #expect(try await rig.call(API.echo).text == "x")
  }

  @Test func `a writer waits for a reader that is slow, and other connections do not`() async throws
  {
    var limits = ServerLimits()
    limits.bufferedBytesHigh = 256 * 1024
    let rig = Rig(limits: limits)
    #expect(await rig.connectionFailure() == nil)
    let stream = try await rig.client.stream(
      API.flood, Blob("x"), options: CallOptions(timeout: nil))
    #expect(await rig.service.events.next() == "flood began")
    await rig.link.pauseClient(true)
    // The writer goes on until its share is full, and then it waits.
    var before = -1
    while await before != rig.link.bufferedToClient {
      before = await rig.link.bufferedToClient
      for _ in 0..<20 { await rig.settle() }
    }
    #expect(before >= 256 * 1024 && before < 512 * 1024, "\(before) bytes wait")
    let other = InProcessLink.connect(
      core: rig.core, loop: rig.loop, authenticator: TestClientAuthenticator.admin)
    #expect(try await other.client.call(API.echo, Blob("y")).text == "y")

    await rig.link.pauseClient(false)
    var count = 0
    for try await _ in stream {
      count += 1
      if count == 50 { break }
    }
    #expect(count == 50)
  }

  @Test func `a writer that waits for a peer hears that its call is over`() async throws {
    var limits = ServerLimits()
    limits.bufferedBytesHigh = 64 * 1024
    let rig = Rig(limits: limits)
    #expect(await rig.connectionFailure() == nil)
    await rig.link.write(
      RawFrames.call(
        API.flood, of: rig.service, stream: 7, timeoutNanoseconds: 1_000_000_000))
    await rig.link.pauseClient(true)
    #expect(await rig.service.events.next() == "flood began")
    for _ in 0..<20 { await rig.settle() }
    await rig.loop.advance(by: .seconds(1))
    #expect(await rig.service.events.next() == "flood ended with cancelled")
  }

  @Test func `a reader that falls too far behind loses its stream and hears why`() async throws {
    let rig = Rig()
    let stream = try await rig.client.stream(
      API.count, Blob("2000"), options: CallOptions(timeout: nil))
    await rig.settle()
    while await rig.client.callsInFlight > 0 { await rig.settle() }
    await #expect(throws: RPCError.self) {
      for try await _ in stream {}
    }
  }
}

extension Rig {
  /// Bytes that the server has taken from the client and the client from the server.
  var sent: Int { get async { await link.deliveredByteCount } }
}
