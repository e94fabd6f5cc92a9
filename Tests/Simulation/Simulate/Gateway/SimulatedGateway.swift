import Base
import GatewayCore
import RPC
import RPCTestKit
import Trust

/// The gateway's forwarding, unchanged, between simulated clients and workers.
struct SimulatedGateway {
  let core: ServerCore
  let forwarder: Forwarder
  let loops: [SimulatedLoop]
  let routes = RouteBook()

  init(
    simulator: Simulator, workers: SimulatedWorkers, workerCount: Int, settings: ConnectionSettings,
    observer: any CallObserver, chance: inout Chance
  ) throws {
    loops = (0..<2).map { _ in simulator.makeLoop() }
    let routes = routes
    var states: [(any ConnectionLoop, LoopState)] = []
    for (stripe, loop) in loops.enumerated() {
      let upstreams = Upstreams(
        loop: loop, dialer: workers, random: RouteRandom(seed: chance.next()))
      states.append(
        (
          loop,
          LoopState(
            upstreams: upstreams, stripe: stripe, routes: routes,
            random: RouteRandom(seed: chance.next()))
        ))
    }
    let half = [UInt8](repeating: 7, count: 32)
    let identity = ServiceIdentity(
      role: .gateway, key: try SigningKey(seed: half, scalar: half, comment: "gateway"))
    let forwarder = Forwarder(
      routes: routes, usage: UsageMeter(stripeCount: loops.count),
      latency: LatencyRecorder(stripeCount: loops.count), accessLog: AccessLog(), loops: states,
      services: [.registry: "registry:1"], voucher: CallerVoucher(identity: identity),
      now: { Int64(clamping: simulator.now.nanoseconds) })
    self.forwarder = forwarder
    var router = Router()
    for kind in CallPlan.Kind.allCases {
      let method = SimulatedService.method(kind).descriptor
      router.raw(method) { connection, call in
        forwarder.forwardInference(connection, call, method)
      }
    }
    core = ServerCore(
      router: router, authenticator: try HolderAuthenticator(),
      gates: [
        RoleAdmission(), KeyAdmission(now: { Int64(clamping: simulator.now.nanoseconds) }),
      ], observers: [observer], settings: settings)
    routes.beginSync()
    _ = routes.apply(
      ObservedModel(
        name: SimulatedService.model, versions: [1],
        targets: [ObservedModel.Target(version: 1, replicas: UInt32(workerCount), weight: 100)],
        workers: (1...workerCount).map {
          ObservedWorker(id: "\($0)", version: 1, endpoint: SimulatedWorkers.address($0))
        }), nowNanoseconds: Int64(clamping: simulator.now.nanoseconds))
    routes.endSync()
  }
}

/// Takes everybody with the test's key for one holder.
private struct HolderAuthenticator: ServerAuthenticator {
  private let other = TestServerAuthenticator()
  private let holder: KeyHolder

  init() throws {
    guard let pepper = Pepper(bytes: Array(0..<32)) else {
      throw RPCError(.internalError, "a pepper has 32 bytes")
    }
    holder = KeyHolder(simulated: "ada", pepper: pepper)
  }

  var role: String { other.role }

  func sign(_ transcript: RPC.HandshakeTranscript) -> [UInt8] { other.sign(transcript) }

  func identify(
    signature: [UInt8], apiKey: [UInt8], transcript: RPC.HandshakeTranscript,
    security: TransportSecurity, source: String
  ) throws(RPCError) -> PeerIdentity {
    let peer = try other.identify(
      signature: signature, apiKey: apiKey, transcript: transcript, security: security,
      source: source)
    guard case .principal(var principal) = peer else { return peer }
    principal.session = holder
    return .principal(principal)
  }
}
