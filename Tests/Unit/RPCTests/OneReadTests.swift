import Base
import RPCTestKit
import Testing
import TransportInProcess
import Wire

@testable import RPC

/// Calls that come with one read, whose handlers begin in one task.
@Suite(.timeLimit(.minutes(5))) struct OneReadTests {
  private typealias API = TestService.API

  private func peer(sending frames: (TestService) -> [[UInt8]]) async -> HandDriven {
    let peer = HandDriven()
    let calls = frames(peer.service).flatMap { $0 }
    await peer.write(
      RawFrames.preface + RawFrames.hello() + RawFrames.proof("key-admin") + calls)
    return peer
  }

  /// Streams in the order of their ends, once there are `count` of them.
  private func ends(_ count: Int, at peer: HandDriven) async -> [UInt32] {
    while true {
      let ends = await peer.frames().filter { $0.kind == .end }
      if ends.count >= count { return ends.map(\.stream) }
    }
  }

  @Test func `a handler that waits holds up none of those that came with it`() async {
    let peer = await peer { service in
      [
        RawFrames.call(API.echo, of: service, stream: 4),
        RawFrames.call(API.gate, of: service, stream: 5),
        RawFrames.call(API.gate, of: service, stream: 6),
        RawFrames.call(API.inline, of: service, stream: 7),
        RawFrames.call(API.echo, of: service, stream: 8),
      ]
    }
    #expect(Set(await ends(3, at: peer)) == [4, 7, 8])
    for _ in 0..<2 { #expect(await peer.service.events.next() == "at the gate") }
    peer.service.gate.send("go")
    peer.service.gate.send("go")
    #expect(Set(await ends(5, at: peer)) == [4, 5, 6, 7, 8])
  }

  @Test(arguments: [API.echo, API.inline])
  func `the first of many answers go out before the last are made`(
    method: Method<Blob, Blob>
  ) async {
    let peer = await peer { _ in [] }
    while await peer.frames().last?.kind != .ready {}
    let before = await peer.writeCount
    await peer.write(
      (0..<100).flatMap { RawFrames.call(method, of: peer.service, stream: 4 + $0) })
    #expect(await ends(100, at: peer).count == 100)
    let writes = await peer.writeCount - before
    #expect(writes >= 4)
  }

  @Test func `few answers go out with one write`() async {
    let peer = await peer { _ in [] }
    while await peer.frames().last?.kind != .ready {}
    let before = await peer.writeCount
    await peer.write(
      (0..<31).flatMap { RawFrames.call(API.inline, of: peer.service, stream: 4 + $0) })
    #expect(await ends(31, at: peer).count == 31)
    let writes = await peer.writeCount - before
    #expect(writes == 1)
  }

  @Test func `a cancel that comes with its call reaches the handler`() async {
    let peer = await peer { service in
      [
        RawFrames.call(API.wait, of: service, stream: 4),
        RawFrames.call(API.wait, of: service, stream: 5),
        RawFrames.frame(.cancel, stream: 4),
        RawFrames.call(API.echo, of: service, stream: 6),
      ]
    }
    var events: [String] = []
    for _ in 0..<3 { events.append(await peer.service.events.next()) }
    #expect(events.sorted() == ["cancelled", "waiting", "waiting"])
    #expect(await ends(1, at: peer) == [6])
    #expect(peer.service.finished.summary == ["Wait cancelled", "Echo ok"])
  }

  @Test func `a stream id that two calls of a read have breaks the connection`() async {
    let peer = await peer { service in
      [
        RawFrames.call(API.gate, of: service, stream: 4),
        RawFrames.call(API.gate, of: service, stream: 4),
      ]
    }
    while await !peer.hasEnded {}
    #expect(await peer.goAways() == [.invalidArgument])
  }

  @Test func `calls in front of a broken frame count as cancelled, and hold nothing`() async {
    let peer = await peer { service in
      [
        RawFrames.call(API.echo, of: service, stream: 4),
        RawFrames.call(API.echo, of: service, stream: 5),
        [UInt8](repeating: 255, count: 64),
      ]
    }
    while await !peer.hasEnded {}
    #expect(peer.service.finished.summary == ["Echo cancelled", "Echo cancelled"])
    while peer.core.connectionCount > 0 { await peer.settle() }
    #expect(peer.core.heldByteCount == 0)
  }
}
