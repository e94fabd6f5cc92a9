import Base
import Contracts
import RPC
import RPCTestKit
import Testing
import TransportInProcess
import Trust
import Wire

@testable import GatewayCore

/// A gateway in front of workers and a registry, all in process, under a clock moved by hand.
final class ForwardingHouse: Sendable {
  static let model = "mlp"

  let loop = ManualLoop()
  let clock = TestClock()
  let forwarder: Forwarder
  let gateway: ServerCore
  let routes: RouteBook
  /// Does what tests ask for behind the gateway, with requests and answers of every shape.
  let service = TestService()
  let services: ScriptedServices
  let state: LoopState
  let demand = Demand()
  private let methods: [String]
  /// What the monitor is to be told.
  let records = RecordSpool()

  /// - Parameters:
  ///   - keys: what clients sign in with, `ada` for the key `ada`.
  ///   - upstreamCallsMax: calls that a worker takes on one connection.
  ///   - workers: how many there are; `127.0.0.1:1` and so on.
  ///   - isSynced: whether the registry has named its models.
  ///   - keepsSuspectsAlone: whether calls with which workers died wait for a worker of their own.
  init(
    keys: [KeyHolder], upstreamCallsMax: Int = 4_096, workers: Int = 1,
    isSynced: Bool = true, keepsSuspectsAlone: Bool = false
  ) throws {
    let services = ScriptedServices(service: service, callsMax: upstreamCallsMax)
    self.services = services
    routes = RouteBook()
    let half = [UInt8](repeating: 7, count: 32)
    let identity = ServiceIdentity(
      role: .gateway, key: try SigningKey(seed: half, scalar: half, comment: "gateway"))
    let state = LoopState(
      upstreams: Upstreams(loop: loop, dialer: services), stripe: 0, routes: routes)
    self.state = state
    let forwarder = Forwarder(
      routes: routes, usage: UsageMeter(stripeCount: 1), latency: LatencyRecorder(stripeCount: 1),
      accessLog: AccessLog(), loops: [(loop, state)], services: [.registry: "registry:1"],
      voucher: CallerVoucher(identity: identity), demand: demand,
      suspects: Suspects(isKeptAlone: keepsSuspectsAlone), recorder: CallRecorder(spool: records),
      now: { [clock] in clock.now })
    self.forwarder = forwarder
    var router = Router()
    let streams = [TestService.API.sum, TestService.API.chat, TestService.API.deaf]
    let unary = [Inference.API.modelInfer.descriptor, Inference.API.modelReady.descriptor]
    for method in unary + streams.map(\.descriptor) {
      router.raw(method) { connection, call in
        forwarder.forwardInference(connection, call, method)
      }
    }
    for method in [
      Registry.API.watchModels.descriptor, Registry.API.getModel.descriptor,
      Registry.API.setDeployment.descriptor,
    ] {
      router.raw(method) { connection, call in
        forwarder.forwardToService(.registry, connection, call, method)
      }
    }
    methods = router.descriptors.map(\.name)
    gateway = ServerCore(
      router: router, authenticator: HolderAuthenticator(holders: keys),
      gates: [KeyAdmission(now: { [clock] in clock.now })])
    guard isSynced else { return }
    routes.beginSync()
    serve((1...workers).map { .serving("\($0)", 1) })
    routes.endSync()
  }

  /// What the registry says of the model now.
  func serve(_ workers: [ObservedWorker], split: UInt32 = 1, followsLoad: Bool = false) {
    routes.apply(
      ObservedModel(
        name: Self.model, versions: [1, 2],
        targets: [
          .init(
            version: split, replicas: followsLoad ? 0 : 1, weight: 100, followsLoad: followsLoad)
        ],
        workers: workers), nowNanoseconds: clock.now)
  }

  /// A client of its own connection, as applications have one.
  func client(_ key: String) -> InProcessLink {
    InProcessLink.connect(
      core: gateway, loop: loop, authenticator: TestClientAuthenticator(apiKey: key))
  }

  func infer(
    _ link: InProcessLink, timeout: Duration? = nil, repetition: UInt32 = 0, id: String = ""
  ) async throws(RPCError) -> Inference.ModelInferResponse {
    var options = options
    options.timeout = timeout
    options.metadata.repetition = repetition
    return try await link.client.call(
      Inference.API.modelInfer, Inference.ModelInferRequest(modelName: Self.model, id: id),
      options: options)
  }

  /// For calls to the model.
  var options: CallOptions {
    var options = CallOptions(timeout: nil)
    options.metadata.model = Array(Self.model.utf8)
    return options
  }

  /// The place of a method in the gateway's table.
  func methodNumber(of name: String) -> UInt32? {
    methods.firstIndex(of: name).map { UInt32($0) }
  }

  /// The connections to the worker break.
  func loseUpstreams() async {
    for link in services.allLinks { await link.lose() }
  }

  /// Waits until all that anyone has to say by now is said.
  func settle() async {
    for _ in 0..<64 { await loop.settle() }
  }

  /// The error of an inference, or `nil`, once time enough has passed.
  func outcome(
    _ link: InProcessLink, timeout: Duration? = nil, repetition: UInt32 = 0,
    step: Duration = .milliseconds(100)
  ) async -> RPCError? {
    await value(
      of: Task {
        do throws(RPCError) {
          _ = try await infer(link, timeout: timeout, repetition: repetition)
          return nil
        } catch {
          return error
        }
      }, step: step)
  }

  /// Moves the time on until the task is done.
  func value<Value: Sendable>(
    of task: Task<Value, Never>, step: Duration = .milliseconds(100)
  ) async -> Value {
    let isDone = Mutexed(false)
    let watch = Task {
      _ = await task.value
      isDone.set(true)
    }
    await settle()
    while !isDone.value {
      await loop.advance(by: step)
      await settle()
    }
    await watch.value
    return await task.value
  }

  /// Bytes and requests that are held for all keys.
  var held: HeldRequests.Size { forwarder.held.size }
}

/// A client whose every frame a test writes.
struct FrameClient {
  private let peer: RawPeer
  private let house: ForwardingHouse

  init(_ house: ForwardingHouse, key: String) async {
    self.house = house
    peer = RawPeer(core: house.gateway, loop: house.loop)
    await peer.write(RawFrames.preface + RawFrames.hello() + RawFrames.proof(key))
    await house.settle()
  }

  /// Begins a call of the house's method of this number, with no body yet.
  func begin(_ stream: UInt32, method: UInt32) async {
    await peer.write(Self.call(stream, flags: [], method: method))
  }

  /// Begins an inference with a part of its body.
  func begin(
    _ stream: UInt32, flags: FrameFlags = .more, body: [UInt8] = [], requestID: [UInt8] = []
  ) async {
    await peer.write(Self.call(stream, flags: flags, body: body, requestID: requestID))
  }

  /// Begins as many as that, with one write.
  func begin(streams: ClosedRange<UInt32>) async {
    await peer.write(streams.flatMap { Self.call($0, flags: .more) })
    await house.settle()
  }

  func goOn(_ stream: UInt32, flags: FrameFlags, body: [UInt8] = []) async {
    await peer.write(RawFrames.frame(.message, flags: flags, stream: stream, body: body))
  }

  func cancel(_ stream: UInt32) async {
    await peer.write(RawFrames.frame(.cancel, stream: stream))
  }

  func close() async { await peer.close() }

  /// How a call ended, once it has; `nil` if it does not in a time that is long for a busy machine.
  func end(of stream: UInt32) async -> RPCError? {
    let limit = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < limit {
      if let end = await ends()[stream] { return end }
    }
    return nil
  }

  /// How the calls ended that have: by stream, with what was said.
  func ends() async -> [UInt32: RPCError] {
    await house.settle()
    var rest = await peer.all.bytes[...]
    var ends: [UInt32: RPCError] = [:]
    let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)
    while case .frame(let header, let byteCount) = Array(rest).withRawSpan({ decoder.decode($0) }) {
      let head = Array(rest.dropFirst(WireLimits.headerByteCount).prefix(header.headByteCount))
      if header.kind == .end {
        ends[header.stream] =
          head.withRawSpan { try? StatusHead.decode($0) } ?? RPCError(.ok, "answered")
      }
      rest = rest.dropFirst(byteCount)
    }
    return ends
  }

  private static func call(
    _ stream: UInt32, flags: FrameFlags, body: [UInt8] = [], requestID: [UInt8] = [],
    method: UInt32 = 0
  ) -> [UInt8] {
    var metadata = CallMetadata()
    metadata.model = Array(ForwardingHouse.model.utf8)
    metadata.requestID = requestID
    let head = OutgoingCallHead(method: method, timeoutNanoseconds: 0)
    return RawFrames.frame(
      .call, flags: flags, stream: stream, head: head.encoded(metadata), body: body)
  }
}

extension KeyHolder {
  /// A key that its id signs in with.
  static func of(
    _ id: String, limits: KeyLimits = .none, expiresAt: Int64? = nil
  ) throws -> KeyHolder {
    let pepper = try #require(Pepper(bytes: Array(0..<32)))
    return KeyHolder(
      KeyRecord(
        id: id, principal: id, roles: [.developer], models: .every, limits: limits,
        expiresAt: expiresAt, createdAt: 0, createdBy: "root", revokedAt: nil, replacedBy: nil,
        digest: KeyDigest(of: id.utf8, pepper: pepper), revision: 1),
      counts: KeyCounts(limits: limits),
      sharingKey: KeyDigest(of: id.utf8, pepper: pepper))
  }
}

/// Takes a key's id for the key.
private struct HolderAuthenticator: ServerAuthenticator {
  let holders: [KeyHolder]
  private let other = TestServerAuthenticator()

  init(holders: [KeyHolder]) {
    self.holders = holders
  }

  var role: String { other.role }

  func sign(_ transcript: RPC.HandshakeTranscript) -> [UInt8] { other.sign(transcript) }

  func identify(
    signature: [UInt8], apiKey: [UInt8], transcript: RPC.HandshakeTranscript,
    security: TransportSecurity, source: String
  ) throws(RPCError) -> PeerIdentity {
    let id = String(decoding: apiKey, as: UTF8.self)
    guard let holder = holders.first(where: { $0.id == id }) else { throw KeyRing.refusal }
    return .principal(
      Principal(name: id, keyID: id, roles: ["developer"], models: ["*"], session: holder))
  }
}
