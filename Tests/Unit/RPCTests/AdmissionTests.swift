import Base
import RPC
import RPCTestKit
import Synchronization
import Testing
import TransportInProcess
import Wire

@Suite struct AdmissionTests {
  typealias API = TestService.API

  /// Who calls, on whose behalf, what, and whether it is let in.
  static let table: [(TestClientAuthenticator, String?, Method<Blob, Blob>, Bool)] = [
    (.admin, nil, API.echo, true), (.developer, nil, API.echo, true),
    (.admin, nil, API.adminOnly, true), (.developer, nil, API.adminOnly, false),
    (.admin, nil, API.registryOnly, false), (.admin, nil, API.nobody, false),
    (.gateway, nil, API.echo, true), (.gateway, nil, API.adminOnly, false),
    (.gateway, nil, API.registryOnly, false), (.gateway, nil, API.nobody, false),
    (.gateway, "ada admin 60", API.echo, true), (.gateway, "ada admin 60", API.adminOnly, true),
    (.gateway, "dev developer 60", API.adminOnly, false),
    (.gateway, "ada admin 60", API.registryOnly, false),
    (.gateway, "ada admin 60", API.nobody, false),
    (TestClientAuthenticator(role: "registry"), nil, API.registryOnly, true),
    (TestClientAuthenticator(role: "registry"), nil, API.echo, false),
    (TestClientAuthenticator(role: "registry"), nil, API.adminOnly, false),
  ]

  @Test(arguments: table)
  func `a call is let in only by its method's peers and roles`(
    who: TestClientAuthenticator, behalf: String?, method: Method<Blob, Blob>, isAdmitted: Bool
  ) async {
    let rig = Rig(who)
    var options = CallOptions(timeout: nil)
    options.assertion = Array((behalf ?? "").utf8)
    let error = await rig.failure(method, options: options)
    #expect(
      error?.code == (isAdmitted ? nil : .permissionDenied),
      "\(who.role) for \(behalf ?? "itself") calls \(method.descriptor.name)")
  }

  @Test func `an assertion is sent once, and verified each time against the clock`() async throws {
    let rig = Rig(.gateway)
    var options = CallOptions(timeout: nil)
    options.assertion = Array("ada admin 60".utf8)
    #expect(try await rig.call(API.who, options: options).text == "gateway|ada||||-|0")
    let once = await rig.link.deliveredByteCount
    #expect(try await rig.call(API.who, options: options).text == "gateway|ada||||-|0")
    let twice = await rig.link.deliveredByteCount
    #expect(twice - once < 100)
    await rig.loop.advance(by: .seconds(59))
    #expect(await rig.failure(API.who, options: options) == nil)
    await rig.loop.advance(by: .seconds(1))
    #expect(await rig.failure(API.who, options: options)?.code == .unauthenticated)
    #expect(try await rig.call(API.who).text == "gateway|-||||-|0")
  }

  @Test func `a bad assertion refuses its calls only`() async throws {
    let rig = Rig(.gateway)
    var options = CallOptions(timeout: nil)
    options.assertion = Array("nonsense".utf8)
    #expect(await rig.failure(API.echo, options: options)?.code == .unauthenticated)
    options.assertion = [UInt8](repeating: 97, count: 100_000)
    #expect(await rig.failure(API.echo, options: options)?.code == .invalidArgument)
    #expect(try await rig.call(API.echo).text == "x")
  }

  @Test func `a request in parts runs for the one it was let in for`() async {
    func assertion(_ token: String) -> [UInt8] {
      RawFrames.frame(
        .assertion, head: RawFrames.head([2: Array(token.utf8)], integers: [1: 5]))
    }
    var metadata = CallMetadata()
    metadata.assertionSlot = 5
    let peer = HandDriven()
    let proof = RawFrames.frame(
      .proof, head: RawFrames.head([1: Array("client:gateway:in-process:1".utf8)]))
    await peer.write(
      RawFrames.preface + RawFrames.hello(role: "gateway") + proof + assertion("ada admin 60")
        + RawFrames.call(
          API.who, of: peer.service, stream: 3, flags: .more, metadata: metadata)
        + assertion("mallory admin 60")
        + RawFrames.frame(.message, flags: .end, stream: 3, body: [1]))
    await peer.settle()
    #expect(peer.service.finished.summary == ["Who ok"])
    let answer = await peer.frames().last
    #expect(answer.map { String(decoding: $0.body, as: UTF8.self) } == "gateway|ada||||-|0")
  }

  @Test func `only a gateway may vouch for others`() async {
    let rig = Rig(.admin)
    #expect(await rig.connectionFailure() == nil)
    await rig.link.write(
      RawFrames.frame(.assertion, head: RawFrames.head([2: [1]], integers: [1: 1])))
    await rig.settle()
    #expect(await rig.connectionFailure()?.code == .invalidArgument)
  }

  @Test func `gates are asked in order, and observers hear of every end`() async throws {
    let log = OrderLog()
    let rig = Rig(
      gates: [LoggedGate("a", log), LoggedGate("b", log, refuses: "Inline")],
      observers: [LoggedEnds("c", log), LoggedEnds("d", log)])
    _ = try await rig.call(API.echo)
    #expect(log.take() == ["a+", "b+", "c-ok", "d-ok"])
    #expect(await rig.failure(API.inline)?.code == .permissionDenied)
    #expect(log.take() == ["a+", "b+", "c-permissionDenied", "d-permissionDenied"])
    // Roles are looked at before.
    #expect(await rig.failure(API.nobody)?.code == .permissionDenied)
    #expect(log.take() == ["c-permissionDenied", "d-permissionDenied"])
  }

  @Test func `calls of a lost connection are reported, so that counts come down again`() async {
    let rig = Rig()
    let call = Task { await rig.failure(API.wait) }
    #expect(await rig.service.events.next() == "waiting")
    await rig.link.lose()
    #expect(await call.value?.code == .unavailable)
    #expect(await rig.service.events.next() == "cancelled")
    #expect(rig.service.finished.summary == ["Wait cancelled"])
    await rig.settle()
    #expect(rig.core.connectionCount == 0)
  }

  @Test func `a connection counts until its last handler has returned`() async {
    let rig = Rig()
    let call = Task { await rig.failure(API.stubborn) }
    #expect(await rig.service.events.next() == "began")
    await rig.link.lose()
    #expect(await call.value?.code == .unavailable)
    await rig.settle()
    #expect(rig.core.connectionCount == 1)
    rig.service.stubborn.releaseAll()
    #expect(await rig.service.events.next() == "ended")
    await rig.settle()
    #expect(rig.core.connectionCount == 0)
  }
}

final class OrderLog: Sendable {
  private let entries = Mutex<[String]>([])

  func add(_ entry: String) { entries.withLock { $0.append(entry) } }

  func take() -> [String] {
    entries.withLock { entries in
      defer { entries = [] }
      return entries
    }
  }
}

final class LoggedGate: CallGate {
  let name: String
  let log: OrderLog
  let refuses: String

  init(_ name: String, _ log: OrderLog, refuses: String = "-") {
    self.name = name
    self.log = log
    self.refuses = refuses
  }

  func admit(
    _ call: borrowing CallView, of method: MethodDescriptor, by origin: CallOrigin
  ) throws(RPCError) {
    log.add("\(name)+")
    if method.name.hasSuffix(refuses) {
      throw RPCError(.permissionDenied, "the test refuses")
    }
  }
}

final class LoggedEnds: CallObserver {
  let name: String
  let log: OrderLog

  init(_ name: String, _ log: OrderLog) {
    self.name = name
    self.log = log
  }

  func finished(
    _ calls: [FinishedCall], of methods: [MethodDescriptor], at now: MonotonicInstant
  ) {
    for call in calls { log.add("\(name)-\(call.status)") }
  }
}
