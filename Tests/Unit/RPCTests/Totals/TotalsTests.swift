import Base
import RPC
import RPCTestKit
import Synchronization
import Testing
import TransportInProcess
import Wire

/// What one peer can have of a server, with any number of connections.
@Suite(.timeLimit(.minutes(10))) struct TotalsTests {
  typealias API = TestService.API

  private let service = TestService()
  private let loop = ManualLoop()
  private let refusals = Refusals()

  private func core(
    gates: [any CallGate] = [], _ change: (inout ServerLimits) -> Void
  ) -> ServerCore {
    var limits = ServerLimits()
    change(&limits)
    return service.core(limits: limits, gates: gates, connectionObserver: refusals)
  }

  private func settle() async {
    for _ in 0..<64 { await loop.settle() }
  }

  private func link(_ core: ServerCore, _ key: TestClientAuthenticator) async throws(RPCError)
    -> InProcessLink
  {
    let link = InProcessLink.connect(core: core, loop: loop, authenticator: key)
    try await link.client.waitUntilReady()
    return link
  }

  private func refusal(_ core: ServerCore, _ key: TestClientAuthenticator) async -> RPCError? {
    do throws(RPCError) {
      _ = try await link(core, key)
      return nil
    } catch {
      return error
    }
  }

  /// A peer that is signed in and counts credit, of which it has given none.
  private func peer(_ core: ServerCore, _ key: String) async -> RawPeer {
    let peer = RawPeer(core: core, loop: loop)
    await peer.write(
      RawFrames.preface + RawFrames.hello(capabilities: 3, credit: 1) + RawFrames.proof(key))
    await settle()
    return peer
  }

  private func goAway(_ peer: RawPeer) async -> RPCError? {
    await settle()
    let frames = ReceivedFrame.all(in: await peer.all.bytes)
    guard let head = frames.first(where: { $0.kind == .goAway })?.head else { return nil }
    // Its first three fields are those of a status.
    return head.withRawSpan { try? StatusHead.decode($0) }
  }

  // MARK: Connections

  @Test func `a principal's connections over its limit are refused with a retry time`() async throws
  {
    let core = core { $0.connectionsPerPrincipalMax = 2 }
    let first = try await link(core, .admin)
    _ = try await link(core, .admin)
    let error = await refusal(core, .admin)
    #expect(error?.code == .resourceExhausted && error?.retryAfter == .seconds(1))
    #expect(error?.message.contains("your principal has 2 connections") == true)
    // Others are not meant, and a place that is left is free.
    let other = try await link(core, .developer)
    #expect(try await other.client.call(API.echo, Blob("x")).text == "x")
    await first.lose()
    await settle()
    _ = try await link(core, .admin)
    #expect(refusals.all == ["principal ada"])
  }

  @Test func `silent handshakes of one address keep others of it out, and nobody who is in`()
    async throws
  {
    let core = core { $0.handshakesPerSourceMax = 3 }
    let before = try await link(core, .admin)
    let silent = (0..<3).map { _ in RawPeer(core: core, loop: loop) }
    await settle()
    let error = await refusal(core, .admin)
    #expect(error?.code == .unavailable && error?.retryAfter == .seconds(1))
    #expect(try await before.client.call(API.echo, Blob("x")).text == "x")
    await silent[0].close()
    await settle()
    _ = try await link(core, .admin)
  }

  @Test func `a server full of strangers lets whoever has a key in`() async throws {
    let core = core { $0.connectionsMax = 3 }
    let silent = (0..<3).map { _ in RawPeer(core: core, loop: loop) }
    await settle()
    let client = try await link(core, .admin)
    #expect(try await client.client.call(API.echo, Blob("x")).text == "x")
    #expect(await goAway(silent[0])?.code == .unavailable)
    #expect(await goAway(silent[2]) == nil)
    #expect(refusals.all == ["total "])
  }

  // MARK: Bytes

  @Test func `parts of frames on many connections cost their sender, and not the neighbour`()
    async throws
  {
    let core = core { $0.keptBytesTotalMax = 1 << 20 }
    let neighbour = await peer(core, "key-admin")
    let part = { (byteCount: Int) in
      Array(
        RawFrames.call(
          API.echo, of: service, stream: 4, body: [UInt8](repeating: 1, count: byteCount)
        ).dropLast(100))
    }
    // More than any one connection of the attacker has.
    await neighbour.write(part(250_000))
    var attackers: [RawPeer] = []
    for _ in 0..<20 {
      let attacker = await peer(core, "key-developer")
      await attacker.write(part(120_000))
      attackers.append(attacker)
    }
    await settle()
    var ended = 0
    for attacker in attackers {
      guard let error = await goAway(attacker) else { continue }
      #expect(error.code == .resourceExhausted && error.retryAfter == .seconds(1))
      ended += 1
    }
    #expect(ended >= 12)
    #expect(core.byteCount(.kept) <= 1 << 20)
    #expect(await goAway(neighbour) == nil)
    #expect(refusals.all.allSatisfy { $0 == "kept dev" })
    await neighbour.write([UInt8](repeating: 1, count: 100))
    while service.finished.all.isEmpty { await settle() }
    #expect(service.finished.summary.last == "Echo ok")
    for attacker in attackers { await attacker.close() }
    await neighbour.close()
    while core.connectionCount > 0 { await settle() }
    #expect(core.byteCount(.kept) == 0)
  }

  @Test func `answers that nobody takes on many connections cost who asked for them`() async throws
  {
    let core = core { $0.keptBytesTotalMax = 1 << 20 }
    let neighbour = await peer(core, "key-admin")
    let ask = RawFrames.call(API.big, of: service, stream: 4, body: Array("200000".utf8))
    let askAgain = RawFrames.call(API.big, of: service, stream: 5, body: Array("100000".utf8))
    await neighbour.write(ask + askAgain)
    var attackers: [RawPeer] = []
    for _ in 0..<20 {
      let attacker = await peer(core, "key-developer")
      await attacker.write(askAgain + ask)
      attackers.append(attacker)
    }
    while refusals.all.count < 10 { await settle() }
    #expect(core.byteCount(.kept) <= 1 << 20)
    #expect(refusals.all.allSatisfy { $0 == "kept dev" })
    #expect(await goAway(neighbour) == nil)
    for attacker in attackers { await attacker.close() }
    await neighbour.close()
    while core.connectionCount > 0 { await settle() }
    #expect(core.byteCount(.kept) == 0)
  }

  @Test func `unfinished requests on many connections keep nobody else from sending theirs`()
    async throws
  {
    let core = core { $0.heldBytesTotalMax = 1 << 20 }
    let begin = { (stream: UInt32) in
      RawFrames.call(
        API.echo, of: service, stream: stream, flags: .more,
        body: [UInt8](repeating: 1, count: 200_000))
    }
    for _ in 0..<6 {
      let attacker = await peer(core, "key-developer")
      await attacker.write(begin(4))
    }
    await settle()
    #expect(service.finished.summary == ["Echo resourceExhausted"])
    let neighbour = await peer(core, "key-admin")
    await neighbour.write(
      begin(4)
        + RawFrames.frame(
          .message, flags: .end, stream: 4, body: [UInt8](repeating: 1, count: 1_000)))
    // The calls of the attacker that pays are cancelled before or after.
    while !service.finished.summary.contains("Echo ok") { await settle() }
    #expect(refusals.all == ["held dev"])
    #expect(core.heldByteCount <= 1 << 20)
  }

  // MARK: Peers that are not read

  @Test func `a peer that takes nothing of its answers any more is found out`() async throws {
    let core = core { _ in }
    // Where credit is agreed, no one stream gets that far.
    var settings = ConnectionSettings()
    settings.capabilities.remove(.credit)
    let link = InProcessLink.connect(
      core: core, loop: loop, authenticator: TestClientAuthenticator.admin, settings: settings)
    try await link.client.waitUntilReady()
    await link.pauseClient(true)
    let call = Task {
      for try await _ in try await link.client.stream(
        API.flood, Blob(""), options: CallOptions(timeout: nil))
      {}
    }
    #expect(await service.events.next() == "flood began")
    while await link.bufferedToClient <= 4 << 20 { await settle() }
    for _ in 0..<29 { await loop.advance(by: .seconds(10)) }
    #expect(core.connectionCount == 1)
    for _ in 0..<12 { await loop.advance(by: .seconds(10)) }
    #expect(await service.events.next() == "flood ended with cancelled")
    // Behind what it has not read is the end of the connection.
    await link.pauseClient(false)
    _ = await call.result
    while core.connectionCount > 0 { await settle() }
  }

  // MARK: Rights

  @Test func `a stream ends when its caller has lost the right to it`() async throws {
    let gate = RevocableGate()
    let core = core(gates: [gate]) { _ in }
    let link = try await link(core, .admin)
    let call = Task { () -> RPCError? in
      do throws(RPCError) {
        _ = try await link.client.call(API.wait, Blob("x"), options: CallOptions(timeout: nil))
        return nil
      } catch {
        return error
      }
    }
    #expect(await service.events.next() == "waiting")
    await loop.advance(by: .seconds(10))
    #expect(core.connectionCount == 1)
    gate.revoke()
    await loop.advance(by: .seconds(1))
    #expect(await service.events.next() == "cancelled")
    #expect(await call.value?.code == .unauthenticated)
  }
}

/// Remembers who was refused.
private final class Refusals: ConnectionObserver {
  private let seen = Mutex<[String]>([])

  var all: [String] { seen.withLock { $0 } }

  func refused(_ cause: ConnectionRefusal, peer: String) {
    seen.withLock { $0.append("\(cause) \(peer)") }
  }

  func failed(_ cause: String, source: String) {}
}

/// Lets everybody in until it is told otherwise.
private final class RevocableGate: CallGate {
  private let isRevoked = Atomic(false)

  var reviews: Bool { true }

  func revoke() { isRevoked.store(true, ordering: .relaxed) }

  func admit(
    _ call: borrowing CallView, of method: MethodDescriptor, by origin: CallOrigin
  ) throws(RPCError) {
    try review(origin)
  }

  func review(_ origin: CallOrigin) throws(RPCError) {
    guard !isRevoked.load(ordering: .relaxed) else {
      throw RPCError(.unauthenticated, "the key is over")
    }
  }
}
