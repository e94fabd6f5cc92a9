import Base
import RPCTestKit
import Testing
import TransportInProcess
import Wire

@testable import RPC

/// Who may send how much: the machines, and a server against peers that do what they may not.
@Suite(.timeLimit(.minutes(5)))
struct CreditTests {
  typealias API = TestService.API

  // MARK: The meter

  @Test func `a meter grants in halves of its window, and never loses a byte`() {
    var meter = CreditMeter(window: 1_000)
    var chance = Chance(seed: 3)
    var balance = 1_000
    var held = 0
    for _ in 0..<10_000 {
      let cost = Int(chance.next() % 700)
      let took = meter.take(cost)
      #expect(took == (cost == 0 || balance > 0))
      if took {
        balance -= cost
        held += cost
      }
      let read = held == 0 ? 0 : Int(chance.next() % UInt64(held + 1))
      held -= read
      if let grant = meter.release(read) {
        #expect(grant >= 500)
        balance += grant
      }
      // Whoever reads everything always gets the sender going again.
      if held == 0 { #expect(balance > 0) }
    }
  }

  // MARK: The sink

  private final class Written: FrameSink {
    var frames: [FrameHeader] = []

    func write(_ bytes: [UInt8]) {
      let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)
      if case .frame(let header, _) = bytes.withRawSpan({ decoder.decode($0) }) {
        frames.append(header)
      }
    }

    func write(_ header: FrameHeader, _ fillPayload: (inout OutputRawSpan) -> Void) {
      frames.append(header)
    }

    var bufferedByteCount: Int { 0 }
    func flush() {}
    func close() {}

    var log: String {
      frames.map { "\($0.kind)\($0.stream):\($0.bodyByteCount)" }.joined(separator: " ")
    }
  }

  private func sink(stream: Int, connection: Int) -> (CreditedSink, Written) {
    let written = Written()
    let sink = CreditedSink(written)
    sink.enforce(streamWindow: stream, connectionWindow: connection)
    return (sink, written)
  }

  private func write(
    _ kind: FrameKind, _ stream: UInt32, _ byteCount: Int, _ flags: FrameFlags = [],
    to sink: CreditedSink
  ) {
    sink.write(FrameHeader(kind: kind, flags: flags, stream: stream, bodyByteCount: byteCount)) {
      output in
      for _ in 0..<byteCount { output.append(7) }
    }
  }

  @Test func `frames beyond the credit wait in order, and each stream has its turn`() {
    let (sink, written) = sink(stream: 100, connection: 1_000_000)
    for number in 1...3 {
      write(.message, 1, number, to: sink)
      write(.message, 2, 10 * number, to: sink)
    }
    #expect(written.log == "message1:1 message2:10 message1:2 message2:20")
    #expect(sink.mustWait(1) && sink.mustWait(2) && !sink.mustWait(3))
    write(.end, 1, 0, to: sink)
    sink.grant(1_000, on: 2)
    #expect(written.log.hasSuffix("message2:30") && !sink.mustWait(2))
    sink.grant(1_000, on: 1)
    #expect(written.log.hasSuffix("message1:3 end1:0"))
    #expect(sink.waitingByteCount == 0)
  }

  @Test func `the connection's credit is shared fairly`() {
    let (sink, written) = sink(stream: 1_000_000, connection: 64)
    write(.message, 1, 0, to: sink)
    for _ in 0..<3 { write(.message, 1, 1, to: sink) }
    for _ in 0..<3 { write(.message, 2, 2, to: sink) }
    for _ in 0..<4 { sink.grant(65, on: 0) }
    #expect(
      written.log == "message1:0 message1:1 message2:2 message1:1 message2:2")
    sink.grant(1_000, on: 0)
    #expect(written.log.hasSuffix("message1:1 message2:2") && sink.waitingByteCount == 0)
  }

  @Test func `an error gets through without credit`() {
    let (sink, written) = sink(stream: 1, connection: 1)
    write(.message, 1, 5, to: sink)
    write(.message, 1, 6, to: sink)
    #expect(sink.forget(1))
    write(.end, 1, 0, to: sink)
    write(.end, 2, 0, to: sink)
    #expect(written.log == "message1:5 end1:0 end2:0" && sink.waitingByteCount == 0)
  }

  @Test func `what waits counts for what it takes, however short it is`() {
    let (sink, _) = sink(stream: 1_000, connection: 1)
    for stream in 1...101 as ClosedRange<UInt32> { write(.end, stream, 1, to: sink) }
    #expect(sink.waitingByteCount >= 100 * 256)
    for stream in 1...101 as ClosedRange<UInt32> { sink.forget(stream) }
    #expect(sink.waitingByteCount == 0)
  }

  @Test func `a call that was never sent needs no cancel`() {
    let (sink, written) = sink(stream: 100, connection: 1)
    write(.call, 1, 5, .end, to: sink)
    write(.call, 2, 5, .end, to: sink)
    #expect(sink.forget(1) && !sink.forget(2))
    sink.grant(1_000, on: 0)
    #expect(written.log == "call1:5" && sink.waitingByteCount == 0)
  }

  @Test func `grants beyond all measure do no harm`() {
    let (sink, written) = sink(stream: 1, connection: 1)
    for _ in 0..<4 {
      sink.grant(.max, on: 0)
      sink.grant(.max, on: 1)
      sink.grant(-5, on: 1)
    }
    write(.message, 1, 5, to: sink)
    write(.message, 1, 5, to: sink)
    #expect(written.log == "message1:5 message1:5")
  }

  // MARK: A server and its peers

  private func ready(
    stream: Int = 4 << 20, connection: Int = 16 << 20, credit: UInt64 = 1 << 20,
    limits: ServerLimits = ServerLimits()
  ) async -> HandDriven {
    var settings = ConnectionSettings()
    settings.streamCredit = stream
    settings.connectionCredit = connection
    let peer = HandDriven(limits: limits, settings: settings)
    await peer.write(
      RawFrames.preface + RawFrames.hello(capabilities: 3, credit: credit)
        + RawFrames.proof("key-admin"))
    await peer.settle()
    return peer
  }

  private func part(_ stream: UInt32, _ byteCount: Int, _ flags: FrameFlags = []) -> [UInt8] {
    RawFrames.frame(
      .message, flags: flags, stream: stream, body: [UInt8](repeating: 1, count: byteCount))
  }

  @Test func `a message without credit of its stream costs its call only`() async {
    let peer = await ready(stream: 1_000)
    let call = RawFrames.call(API.deaf, of: peer.service, stream: 4, flags: [], body: [])
    await peer.write(call + part(4, 2_000) + part(4, 1))
    while await peer.frames().last?.kind != .end {}
    #expect(await peer.frames().last?.stream == 4)
    #expect(peer.service.finished.summary == ["Deaf resourceExhausted"])
    await peer.write(RawFrames.call(API.echo, of: peer.service, stream: 5))
    while await peer.frames().last?.stream != 5 {}
  }

  @Test func `a frame without credit of the connection breaks it`() async {
    // With a window of nothing no frame with a body may come at all.
    let peer = await ready(connection: 0)
    await peer.write(RawFrames.call(API.echo, of: peer.service, stream: 4))
    #expect(await peer.goAways() == [.invalidArgument])
    #expect(peer.service.finished.all.isEmpty)
  }

  @Test func `what the peer's credit does not allow waits, and comes when it does`() async {
    let peer = await ready(credit: 100)
    await peer.write(RawFrames.call(API.count, of: peer.service, stream: 4, body: Array("9".utf8)))
    let count = { await peer.frames().filter { $0.kind == .message }.count }
    // Each costs 65: the second one may begin with what is left.
    while await count() < 2 {}
    #expect(await count() == 2)
    await peer.write(RawFrames.frame(.credit, stream: 4, head: CreditHead.encode(1_000_000)))
    #expect(await count() == 2)
    await peer.write(RawFrames.frame(.credit, head: CreditHead.encode(65)))
    while await count() < 3 {}
    #expect(await count() == 3)
    await peer.write(RawFrames.frame(.credit, head: CreditHead.encode(1_000)))
    while await peer.frames().last?.kind != .end {}
    #expect(await count() == 9)
  }

  @Test func `a peer that asks on and takes no answers loses its connection`() async {
    var limits = ServerLimits()
    limits.waitingBytesMax = 1_000_000
    let peer = await ready(credit: 1, limits: limits)
    let body = [UInt8](repeating: 1, count: 100_000)
    for stream in 1...20 as ClosedRange<UInt32> {
      await peer.write(RawFrames.call(API.echo, of: peer.service, stream: stream, body: body))
      await peer.settle()
    }
    while await !peer.hasEnded { await peer.settle() }
    #expect(await peer.goAways() == [.resourceExhausted])
    #expect(await peer.hasEnded)
  }

  @Test func `a cancelled answer that waits for credit is forgotten`() async {
    let peer = await ready(credit: 1)
    for stream in 1...3 as ClosedRange<UInt32> {
      await peer.write(RawFrames.call(API.echo, of: peer.service, stream: stream))
    }
    let ends = { await peer.frames().filter { $0.kind == .end }.map(\.stream) }
    while peer.service.finished.all.count < 3 { await peer.settle() }
    #expect(await ends() == [1])
    await peer.write(RawFrames.frame(.cancel, stream: 2))
    await peer.write(RawFrames.frame(.credit, head: CreditHead.encode(1_000)))
    #expect(await ends() == [1, 3])
  }

  @Test func `empty messages cost credit too`() async {
    let peer = await ready(stream: 64 * 10)
    await peer.write(
      RawFrames.call(API.deaf, of: peer.service, stream: 4, flags: [], body: [])
        + (0..<20).flatMap { _ in part(4, 0) })
    while peer.service.finished.all.isEmpty { await peer.settle() }
    #expect(peer.service.finished.summary == ["Deaf resourceExhausted"])
  }

  @Test func `the end of a request needs no credit`() async {
    let peer = await ready(stream: 1_000)
    await peer.write(
      RawFrames.call(API.deaf, of: peer.service, stream: 4, flags: [], body: [])
        + part(4, 2_000) + part(4, 0, .end))
    peer.service.gate.send("go on")
    while await peer.frames().last?.kind != .end {}
    #expect(peer.service.finished.summary == ["Deaf ok"])
  }

  @Test func `a malformed credit frame breaks the connection`() async {
    let peer = await ready()
    await peer.write(RawFrames.frame(.credit, head: [0x0A, 0x01, 0x01]))
    #expect(await peer.goAways() == [.invalidArgument])
  }
}
