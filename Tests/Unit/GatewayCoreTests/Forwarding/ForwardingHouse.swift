import Base
import Contracts
import RPC
import RPCTestKit
import Synchronization
import Testing
import TransportInProcess
import Trust
import Wire

@testable import GatewayCore

/// A gateway in front of one worker and a registry, all in process, under a clock moved by hand.
final class ForwardingHouse: Sendable {
  static let model = "mlp"

  let loop = ManualLoop()
  let clock = TestClock()
  let forwarder: Forwarder
  let gateway: ServerCore
  let routes: RouteBook
  /// Does what tests ask for behind the gateway, with requests and answers of every shape.
  let service = TestService()
  private let methods: [String]
  private let state: LoopState
  private let dialer: InProcessDialer

  /// - Parameters:
  ///   - keys: what clients sign in with, `ada` for the key `ada`.
  ///   - upstreamCallsMax: calls that the worker takes on one connection.
  init(keys: [KeyHolder], upstreamCallsMax: Int) throws {
    let dialer = InProcessDialer(callsMax: upstreamCallsMax, service: service)
    self.dialer = dialer
    routes = RouteBook.holding(
      ObservedModel(
        name: Self.model, versions: [1], targets: [.version(1, weight: 100)],
        workers: [.serving("1", 1)]))
    let half = [UInt8](repeating: 7, count: 32)
    let identity = ServiceIdentity(
      role: .gateway, key: try SigningKey(seed: half, scalar: half, comment: "gateway"))
    let state = LoopState(
      upstreams: Upstreams(loop: loop, dialer: dialer), stripe: 0, routes: routes)
    self.state = state
    let forwarder = Forwarder(
      routes: routes, usage: UsageMeter(stripeCount: 1), latency: LatencyRecorder(stripeCount: 1),
      accessLog: AccessLog(), loops: [(loop, state)], registryAddress: "registry:1",
      voucher: CallerVoucher(identity: identity), now: { [clock] in clock.now })
    self.forwarder = forwarder
    var router = Router()
    let streams = [TestService.API.sum, TestService.API.chat, TestService.API.deaf]
    let unary = [Inference.API.modelInfer.descriptor, Inference.API.modelReady.descriptor]
    for method in unary + streams.map(\.descriptor) {
      router.raw(method) { connection, call in
        forwarder.forwardInference(connection, call, method)
      }
    }
    for method in [Registry.API.watchModels.descriptor] {
      router.raw(method) { connection, call in
        forwarder.forwardToRegistry(connection, call, method)
      }
    }
    methods = router.descriptors.map(\.name)
    gateway = ServerCore(
      router: router, authenticator: HolderAuthenticator(holders: keys),
      gates: [KeyAdmission(now: { [clock] in clock.now })])
  }

  /// A client of its own connection, as applications have one.
  func client(_ key: String) -> InProcessLink {
    InProcessLink.connect(
      core: gateway, loop: loop, authenticator: TestClientAuthenticator(apiKey: key))
  }

  func infer(
    _ link: InProcessLink
  ) async throws(RPCError) -> Inference.ModelInferResponse {
    try await link.client.call(
      Inference.API.modelInfer, Inference.ModelInferRequest(modelName: Self.model),
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
  func loseUpstreams() async { await dialer.loseAll() }

  /// Waits until all that anyone has to say by now is said.
  func settle() async {
    for _ in 0..<64 { await loop.settle() }
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
      counts: KeyCounts(limits: limits))
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

/// Plays the services behind the gateway.
private final class InProcessDialer: ConnectionDialer {
  private let callsMax: Int
  private let service: TestService
  private let links = Mutex<[InProcessLink]>([])

  init(callsMax: Int, service: TestService) {
    self.callsMax = callsMax
    self.service = service
  }

  func loseAll() async {
    for link in links.withLock({ $0 }) { await link.lose() }
  }

  func dial(
    _ address: String, role: String, on loop: any ConnectionLoop,
    onRetired: @escaping @Sendable (ClientConnection) -> Void
  ) async throws(RPCError) -> ClientConnection {
    var limits = ServerLimits()
    limits.callsPerConnectionMax = callsMax
    var router = service.router
    router.unary(Inference.API.modelInfer) { request, _ async throws(RPCError) in
      Inference.ModelInferResponse(modelName: request.modelName, modelVersion: "1")
    }
    router.serverStream(Registry.API.watchModels) { _, _, _ async throws(RPCError) in
      // Ends when its task is cancelled, and not before.
      _ = await Events().next()
    }
    let core = ServerCore(
      router: router, authenticator: TestServerAuthenticator(role: role), gates: [],
      assertionVerifier: AnyAssertion(), limits: limits)
    var authenticator = TestClientAuthenticator.gateway
    authenticator.serverRole = role
    let link = InProcessLink.connect(
      core: core, loop: loop, authenticator: authenticator, onRetired: onRetired)
    links.withLock { $0.append(link) }
    try await link.client.waitUntilReady()
    return link.client
  }
}

private struct AnyAssertion: AssertionVerifier {
  func verify(_ token: [UInt8], now: MonotonicInstant) throws(RPCError) -> Caller {
    Caller(principal: "ada", roles: [], models: ["*"], expiresAt: .distantFuture)
  }
}
