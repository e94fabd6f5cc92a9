import Base
import RPC
import RPCTestKit
import Testing
import TransportInProcess
import Wire

/// How long connections live, and what their calls are told at the end.
@Suite struct LifeTests {
  typealias API = TestService.API

  // MARK: Signs of life

  @Test
  func `a server that vanished is noticed in the stated time, and its calls may go elsewhere`()
    async
  {
    let rig = Rig()
    #expect(await rig.connectionFailure() == nil)
    let call = Task { await rig.failure(API.wait) }
    #expect(await rig.service.events.next() == "waiting")
    // From now on nothing comes through, and nobody says so.
    await rig.link.pauseClient(true)
    let liveness = Liveness.near
    await rig.loop.advance(by: liveness.quiet + liveness.answer - .milliseconds(1))
    #expect(await rig.client.isReady)
    await rig.loop.advance(by: liveness.quiet + .milliseconds(1))
    let failure = await call.value
    #expect(failure?.code == .unavailable && failure?.progress == .lost)
    #expect(await rig.retired.next() == "retired")
  }

  @Test func `a server that takes its time and answers pings is waited for`() async throws {
    let rig = Rig()
    let call = Task { try await rig.call(API.gate, Blob("at last")) }
    #expect(await rig.service.events.next() == "at the gate")
    await rig.loop.advance(by: .seconds(3_600))
    #expect(await rig.client.isReady)
    rig.service.gate.send("go")
    #expect(try await call.value.text == "at last")
  }

  @Test func `a server is under suspicion from the ping to the pong`() async {
    let rig = Rig()
    let call = Task { await rig.failure(API.wait) }
    #expect(await rig.service.events.next() == "waiting")
    await rig.settle()
    await rig.link.pauseClient(true)
    await rig.loop.advance(by: Liveness.near.quiet * 2)
    #expect(rig.client.isSuspect)
    await rig.link.pauseClient(false)
    await rig.settle()
    #expect(!rig.client.isSuspect)
    await rig.core.close()
    _ = await call.value
  }

  @Test func `a client that vanished with calls under way is noticed, and they are cancelled`()
    async
  {
    let peer = HandDriven()
    await peer.write(
      RawFrames.preface + RawFrames.hello() + RawFrames.proof("key-admin")
        + RawFrames.call(API.wait, of: peer.service, stream: 4))
    #expect(await peer.service.events.next() == "waiting")
    let liveness = ServerLimits().liveness
    await peer.loop.advance(by: liveness.quiet + liveness.answer - .milliseconds(1))
    #expect(peer.core.connectionCount == 1)
    #expect(await peer.frames().contains { $0.kind == .ping })
    await peer.loop.advance(by: liveness.quiet + .milliseconds(1))
    #expect(await peer.service.events.next() == "cancelled")
    #expect(await peer.goAways() == [.unavailable])
  }

  // MARK: Idleness

  @Test func `a connection without calls is closed in time, and one with a call is not`()
    async throws
  {
    var limits = ServerLimits()
    limits.idleTimeout = .seconds(60)
    let rig = Rig(limits: limits)
    #expect(try await rig.call(API.echo).text == "x")
    await rig.loop.advance(by: .seconds(59))
    #expect(try await rig.call(API.echo).text == "x")
    await rig.loop.advance(by: .seconds(59))
    #expect(await rig.client.isReady)
    let call = Task { try await rig.call(API.gate, Blob("done")) }
    #expect(await rig.service.events.next() == "at the gate")
    await rig.loop.advance(by: .seconds(600))
    #expect(await rig.client.isReady)
    rig.service.gate.send("go")
    #expect(try await call.value.text == "done")
    await rig.loop.advance(by: .seconds(120))
    #expect(await rig.retired.next() == "retired")
    await rig.settle()
    #expect(rig.core.connectionCount == 0)
  }

  @Test func `pings don't keep an idle connection open, and it is told why it ends`() async {
    var limits = ServerLimits()
    limits.idleTimeout = .seconds(60)
    let peer = HandDriven(limits: limits)
    await peer.write(RawFrames.preface + RawFrames.hello() + RawFrames.proof("key-admin"))
    for _ in 0..<7 {
      await peer.write(RawFrames.frame(.ping, head: [1]))
      await peer.loop.advance(by: .seconds(10))
    }
    #expect(await peer.goAways() == [.ok])
    #expect(peer.core.connectionCount == 0)
  }

  // MARK: Leaving

  @Test func `a client that leaves gets its answers, and the server keeps nothing of it`()
    async throws
  {
    let rig = Rig()
    let call = Task { try await rig.call(API.gate, Blob("in time")) }
    #expect(await rig.service.events.next() == "at the gate")
    await rig.client.drain()
    await rig.settle()
    let refusal = await rig.failure(API.echo)
    #expect(refusal?.code == .unavailable && refusal?.progress == .notBegun)
    #expect(rig.core.connectionCount == 1)
    rig.service.gate.send("go")
    #expect(try await call.value.text == "in time")
    await rig.settle()
    #expect(rig.core.connectionCount == 0)
  }

  @Test func `a server closes by itself once it has answered a client that said go-away`() async {
    let peer = HandDriven()
    await peer.write(
      RawFrames.preface + RawFrames.hello() + RawFrames.proof("key-admin")
        + RawFrames.call(API.gate, of: peer.service, stream: 4)
        + RawFrames.frame(.goAway)
        + RawFrames.call(API.echo, of: peer.service, stream: 5))
    #expect(await peer.service.events.next() == "at the gate")
    peer.service.gate.send("go")
    while await !peer.hasEnded { await peer.settle() }
    let ends = await peer.frames().filter { $0.kind == .end }.map(\.stream)
    #expect(Set(ends) == [4, 5])
    #expect(peer.core.connectionCount == 0)
  }

  // MARK: What a failed call may be told to have done

  @Test func `a call that a draining server refuses says that it has not begun`() async {
    let rig = Rig()
    #expect(await rig.connectionFailure() == nil)
    // The go-away is still on its way when the call is made.
    await rig.link.pauseClient(true)
    await rig.core.drain()
    let call = Task { await rig.failure(API.echo) }
    await rig.settle()
    await rig.link.pauseClient(false)
    let refusal = await call.value
    #expect(refusal?.code == .unavailable && refusal?.progress == .notBegun)
  }

  @Test func `an answer is an answer, also one that says unavailable`() async {
    let rig = Rig()
    let answer = await rig.failure(API.fail, Blob([StatusCode.unavailable.rawValue]))
    #expect(answer?.code == .unavailable && answer?.progress == .answered)
  }

  @Test func `a call that was on its way when the connection broke may have been done`() async {
    let rig = Rig()
    let call = Task { await rig.failure(API.wait) }
    #expect(await rig.service.events.next() == "waiting")
    await rig.link.lose()
    #expect(await call.value?.progress == .lost)
    #expect(await rig.failure(API.echo)?.progress == .notBegun)
  }
}
