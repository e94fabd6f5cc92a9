import Base
import RPC
import RPCTestKit
import Testing
import TransportInProcess
import Wire

@Suite struct ConnectionTests {
  typealias API = TestService.API

  // MARK: Handshake

  @Test func `a wrong key is refused, with one text`() async {
    let error = await Rig(TestClientAuthenticator(apiKey: "wrong")).connectionFailure()
    #expect(error == RPCError(.unauthenticated, "the credentials are not valid here"))
  }

  @Test func `a service with a wrong signature is refused, with the same text`() async {
    let error = await Rig(TestClientAuthenticator(role: "gateway", signature: [1, 2]))
      .connectionFailure()
    #expect(error == RPCError(.unauthenticated, "the credentials are not valid here"))
  }

  @Test func `a client shows nothing to a server with a wrong signature or role`() async {
    #expect(await Rig(signature: [0]).connectionFailure()?.code == .unauthenticated)
    #expect(await Rig(role: "registry").connectionFailure()?.code == .unauthenticated)
  }

  @Test func `a server that relays from another address is found out`() async {
    #expect(await Rig(dialled: "in-process:2").connectionFailure()?.code == .unauthenticated)
  }

  @Test func `a peer that is silent in the handshake is closed, on both sides`() async {
    let peer = HandDriven()
    await peer.settle()
    await peer.loop.advance(by: .seconds(4))
    #expect(peer.core.connectionCount == 1)
    await peer.loop.advance(by: .seconds(1))
    #expect(await peer.goAways() == [.deadlineExceeded])
    let rig = Rig(isPaused: true)
    let failure = Task { await rig.connectionFailure() }
    await rig.settle()
    await rig.loop.advance(by: .seconds(5))
    #expect(await failure.value?.code == .unavailable)
  }

  @Test func `connections over the server's limit are turned away with a reason`() async {
    var limits = ServerLimits()
    limits.connectionsMax = 0
    #expect(await Rig(limits: limits).connectionFailure()?.code == .unavailable)
  }

  // MARK: Bytes that break the protocol

  @Test(arguments: RawFrames.broken)
  func `bytes that break the protocol cost only their connection, which says why`(
    name: String, bytes: [UInt8], reason: String
  ) async throws {
    let rig = Rig()
    #expect(await rig.connectionFailure() == nil)
    let other = InProcessLink.connect(
      core: rig.core, loop: rig.loop, authenticator: TestClientAuthenticator.admin)
    await rig.link.write(bytes)
    await rig.settle()
    let error = await rig.connectionFailure()
    #expect(error?.code == .invalidArgument && error?.message.contains(reason) == true, "\(name)")
    #expect(try await other.client.call(API.echo, Blob("y")).text == "y")
    await rig.settle()
    #expect(rig.core.connectionCount == 1)
  }

  @Test func `a stream in use can't be called again`() async {
    let rig = Rig()
    #expect(await rig.connectionFailure() == nil)
    let call = RawFrames.call(API.wait, of: rig.service, stream: 4)
    await rig.link.write(call + call)
    await rig.settle()
    #expect(await rig.connectionFailure()?.message.contains("is in use") == true)
  }

  @Test func `frames that are nobody's are dropped`() async throws {
    let rig = Rig()
    #expect(await rig.connectionFailure() == nil)
    await rig.link.write(
      RawFrames.frame(.message, stream: 99, body: [1]) + RawFrames.frame(.cancel, stream: 99)
        + RawFrames.frame(.credit, stream: 99, head: [0x08, 0x01]) + RawFrames.frame(.pong)
        + RawFrames.frame(.ping, head: [1, 2, 3])
        // A control frame of a kind to come.
        + [3, 0, 0, 0, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 0xF0, 0xFF, 1, 2, 3])
    #expect(try await rig.call(API.echo).text == "x")
  }

  @Test func `a head over its limits costs its call only`() async throws {
    let rig = Rig()
    #expect(await rig.connectionFailure() == nil)
    var metadata = CallMetadata()
    metadata.model = [UInt8](repeating: 97, count: 129)
    await rig.link.write(
      RawFrames.call(API.echo, of: rig.service, stream: 4, metadata: metadata)
        + RawFrames.call(API.missing, of: rig.service, stream: 4))
    #expect(try await rig.call(API.echo).text == "x")
    #expect(rig.service.finished.summary == ["Echo invalidArgument", "Echo ok"])
  }

  // MARK: Ends

  @Test func `calls in flight fail as unavailable when the connection is lost`() async {
    let rig = Rig()
    let call = Task { await rig.failure(API.wait) }
    #expect(await rig.service.events.next() == "waiting")
    await rig.link.lose()
    #expect(await call.value?.code == .unavailable)
    #expect(await rig.failure(API.echo)?.code == .unavailable)
    #expect(await rig.retired.next() == "retired")
  }

  @Test func `a server that drains lets calls end and takes no others`() async throws {
    let rig = Rig()
    let call = Task { try await rig.call(API.gate, Blob("in time")) }
    #expect(await rig.service.events.next() == "at the gate")
    await rig.core.drain()
    #expect(await rig.retired.next() == "retired")
    #expect(await rig.failure(API.echo)?.code == .unavailable)
    // A call that crosses the go-away is refused by name, not lost.
    await rig.link.write(RawFrames.call(API.echo, of: rig.service, stream: 4))
    await rig.settle()
    #expect(rig.service.finished.summary == ["Echo unavailable"])
    rig.service.gate.send("go")
    #expect(try await call.value.text == "in time")
    await rig.settle()
    #expect(rig.core.connectionCount == 0)
    let late = InProcessLink.connect(
      core: rig.core, loop: rig.loop, authenticator: TestClientAuthenticator.admin)
    await #expect(throws: RPCError.self) { try await late.client.waitUntilReady() }
  }

  @Test func `a drained peer that does not close is closed after a while`() async {
    let peer = HandDriven()
    await peer.write(RawFrames.preface + RawFrames.hello() + RawFrames.proof("key-admin"))
    await peer.settle()
    await peer.core.drain()
    await peer.settle()
    #expect(peer.core.connectionCount == 1)
    await peer.loop.advance(by: .seconds(1))
    await peer.settle()
    #expect(await peer.goAways() == [.ok])
    #expect(peer.core.connectionCount == 0)
  }

  @Test func `closing a server cancels what runs`() async {
    let rig = Rig()
    let call = Task { await rig.failure(API.wait) }
    #expect(await rig.service.events.next() == "waiting")
    await rig.core.close()
    #expect(await call.value?.code == .unavailable)
    #expect(await rig.service.events.next() == "cancelled")
  }
}
