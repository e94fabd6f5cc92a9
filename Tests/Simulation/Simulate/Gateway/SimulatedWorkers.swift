import Base
import RPC
import RPCTestKit

/// The workers behind a simulated gateway, each connection to one over a network of its own.
final class SimulatedWorkers: ConnectionDialer, @unchecked Sendable {
  private let simulator: Simulator
  private var chance: Chance
  private let cores: [String: ServerCore]
  private let settings: ConnectionSettings
  private let loops: [SimulatedLoop]
  private let isFaulty: Bool
  private let planted: PlantedFault?
  private(set) var links: [FaultLink] = []
  /// From now on connections have no faults.
  var isCalm = false

  static let role = "inference-worker"

  /// - Parameters:
  ///   - isFaulty: whether the networks fail, and workers drain.
  ///   - planted: what a faulty gateway and faulty workers do to each other.
  init(
    simulator: Simulator, service: SimulatedService, count: Int, isFaulty: Bool,
    planted: PlantedFault?, chance: inout Chance
  ) {
    self.simulator = simulator
    self.isFaulty = isFaulty
    self.planted = planted
    self.chance = Chance(seed: chance.next())
    let settings = LinkPlan.settings(&chance)
    self.settings = settings
    cores = Dictionary(
      uniqueKeysWithValues: (1...count).map { number in
        (
          Self.address(number),
          service.core(role: Self.role, settings: settings, limits: ServerLimits())
        )
      })
    loops = (0..<2).map { _ in simulator.makeLoop() }
  }

  static func address(_ number: Int) -> String { "worker:\(number)" }

  nonisolated(nonsending) func dial(
    _ address: String, role: String, on loop: any ConnectionLoop,
    onRetired: @escaping @Sendable (ClientConnection) -> Void
  ) async throws(RPCError) -> ClientConnection {
    guard let link = open(address, on: loop, onRetired: onRetired) else {
      throw RPCError(.unavailable, "nothing listens on `\(address)`")
    }
    try await link.client.waitUntilReady()
    return link.client
  }

  private func open(
    _ address: String, on loop: any ConnectionLoop,
    onRetired: @escaping @Sendable (ClientConnection) -> Void
  ) -> FaultLink? {
    guard let core = cores[address], let gateway = loop as? SimulatedLoop,
      let worker = loops.randomElement(using: &chance)
    else { return nil }
    var authenticator = TestClientAuthenticator.gateway
    authenticator.serverRole = Self.role
    let link = FaultLink(
      simulator: simulator, core: core, plan: plan(), chance: &chance, loops: (gateway, worker),
      authenticator: authenticator, onRetired: onRetired)
    if let planted { link.plant(planted, seed: chance.next()) }
    link.open(number: links.count, hop: "worker ")
    links.append(link)
    return link
  }

  /// Within the house the network is late, or breaks, but changes nothing.
  private func plan() -> LinkPlan {
    let sound = LinkPlan(soundWith: settings)
    guard !isCalm else { return sound }
    var plan = LinkPlan(serverSettings: settings, chance: &chance)
    plan.toServer.integrity = .faithful
    plan.toClient.integrity = .faithful
    if !isFaulty {
      (plan.toServer, plan.toClient, plan.drainsAt) = (sound.toServer, sound.toClient, nil)
    }
    return plan
  }

  /// Whether a call may have met a worker that was lost, or left.
  var mayLose: Bool { isFaulty }

  var connectionCount: Int { cores.values.reduce(0) { $0 + $1.connectionCount } }
  var heldByteCount: Int { cores.values.reduce(0) { $0 + $1.heldByteCount } }

  /// Lets go of the links, which are over.
  func forget() { links = [] }
}
