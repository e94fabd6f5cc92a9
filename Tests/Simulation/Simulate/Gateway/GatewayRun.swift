import Base
import GatewayCore
import RPC
import RPCTestKit

/// One run of two hops: clients, a gateway that forwards, workers behind it, a network of its own for each
/// connection; then quiet, then the end.
final class GatewayRun: @unchecked Sendable {
  private let seed: UInt64
  private let simulator: Simulator
  private let trace: Trace
  private var chance: Chance
  private let ledger = Ledger()
  private let settings: ConnectionSettings
  private let gateway: SimulatedGateway
  private let workers: SimulatedWorkers
  private let clientLoops: [SimulatedLoop]
  private let linkCount: Int
  private var links: [FaultLink] = []
  private var callCount = 0
  private var violations: [String] = []

  private init(seed: UInt64, isTraced: Bool, planted: PlantedFault?) throws {
    self.seed = seed
    chance = Chance(seed: seed ^ 0x6761_7465)
    trace = Trace(isPrinted: isTraced)
    simulator = Simulator(chance: Chance(seed: chance.next()), trace: trace)
    settings = LinkPlan.settings(&chance)
    let workerCount = Int.random(in: 1...3, using: &chance)
    workers = SimulatedWorkers(
      simulator: simulator, service: SimulatedService(simulator: simulator, ledger: ledger),
      count: workerCount, isFaulty: planted == nil && Bool.random(using: &chance),
      planted: planted, chance: &chance)
    gateway = try SimulatedGateway(
      simulator: simulator, workers: workers, workerCount: workerCount, settings: settings,
      observer: Unheard(), chance: &chance)
    clientLoops = (0..<2).map { [simulator] _ in simulator.makeLoop() }
    linkCount = Int.random(in: 1...4, using: &chance)
  }

  /// What became of one run, which is kept to its end: its jobs hold it weakly.
  static func report(
    of seed: UInt64, isTraced: Bool, planted: PlantedFault? = nil
  ) -> Run.Report {
    do {
      let run = try GatewayRun(seed: seed, isTraced: isTraced, planted: planted)
      return withExtendedLifetime(run) { run.report() }
    } catch {
      return Run.Report(
        seed: seed, digest: 0, faultCount: 0, violations: ["\(error)"], of: Ledger())
    }
  }

  // MARK: Phases

  private func report() -> Run.Report {
    unsafe GlobalJobs.simulator = simulator
    begin()
    rest("the calls")
    judge()
    judgeBooks()
    serveNewcomer()
    rest("the newcomer's calls")
    judgeNewcomer()
    for link in links + workers.links { link.lose() }
    rest("the end")
    judgeEnd()
    unsafe GlobalJobs.simulator = nil
    return Run.Report(
      seed: seed, digest: trace.digest, faultCount: faultCount, violations: violations, of: ledger)
  }

  private var faultCount = 0

  private func rest(_ what: String) {
    if !simulator.run() { violations.append("\(what): an hour passed, and it goes on") }
  }

  private func begin() {
    for number in 0..<linkCount {
      var plan = LinkPlan(serverSettings: settings, chance: &chance)
      if number > 0, number == linkCount - 1 {
        // Its faults are the others' only: what they do at the gateway must not hurt it.
        let sound = LinkPlan(soundWith: settings)
        (plan.toServer, plan.toClient, plan.drainsAt) = (sound.toServer, sound.toClient, nil)
      }
      open(plan)
      let silenceable = plan.isBlackHole || plan.integrity == .damaged
      for _ in 0..<Int.random(in: 1...20, using: &chance) {
        start(
          CallPlan(id: nextCall(), link: number, isSilenceable: silenceable, chance: &chance),
          on: links[number])
      }
    }
  }

  private func nextCall() -> Int {
    callCount += 1
    return callCount
  }

  private func open(_ plan: LinkPlan) {
    guard let client = clientLoops.randomElement(using: &chance),
      let server = gateway.loops.randomElement(using: &chance)
    else { return }
    let link = FaultLink(
      simulator: simulator, core: gateway.core, plan: plan, chance: &chance,
      loops: (client, server), onRetired: { _ in })
    link.open(number: links.count)
    links.append(link)
  }

  private func start(_ plan: CallPlan, on link: FaultLink) {
    ledger.add(plan)
    let caller = Caller(simulator: simulator, ledger: ledger, client: link.client)
    simulator.schedule(after: plan.startsAt) { Task { await caller.run(plan) } }
  }

  /// Safety first, then liveness: whatever has happened, a new caller is served by new connections, as soon
  /// as nobody is passed over any more for what was.
  private func serveNewcomer() {
    workers.isCalm = true
    for link in workers.links { link.lose() }
    rest("the workers' connections")
    open(LinkPlan(soundWith: settings))
    guard let link = links.last else { return }
    for _ in 0..<5 {
      var plan = CallPlan.simple(id: nextCall(), link: links.count - 1, chance: &chance)
      plan.startsAt += .seconds(30)
      start(plan, on: link)
    }
  }

  // MARK: Judgement

  private func judge() {
    for entry in ledger.ordered {
      var judge = CallJudge(entry: entry, link: links[entry.plan.link], isTight: false)
      judge.mayLoseWorkers = workers.mayLose
      judge.isForwarded = true
      violations += judge.violations.map {
        "call \(entry.plan.id) (\(entry.plan.kind), connection \(entry.plan.link)): \($0)"
      }
    }
  }

  /// Nothing is left of calls that have ended, on either hop and between them.
  private func judgeBooks() {
    violations += gateway.forwarder.leftovers.map { "the gateway, at rest: \($0)" }
    let all =
      links.enumerated().map { ("connection \($0.offset)", $0.element) }
      + workers.links.enumerated().map { ("worker connection \($0.offset)", $0.element) }
    for (name, link) in all {
      violations += link.violations(atRest: true).map { "\(name): \($0)" }
      guard !link.mayFail else { continue }
      Task { [weak self] in
        let leftovers = await link.leftovers()
        self?.violations += leftovers.map { "\(name), at rest: \($0)" }
      }
    }
    rest("the books")
  }

  private func judgeNewcomer() {
    for entry in ledger.ordered where entry.plan.link == links.count - 1 {
      if entry.outcomes != [.right] {
        violations.append("a newcomer's call \(entry.plan.id) came to \(entry.outcomes)")
      }
    }
  }

  private func judgeEnd() {
    for entry in ledger.ordered {
      if entry.outcomes.count != 1 {
        violations.append("call \(entry.plan.id) ended \(entry.outcomes.count) times")
      }
      if entry.handlerStarts != entry.handlerEnds {
        violations.append(
          "\(entry.handlerStarts - entry.handlerEnds) handlers of call \(entry.plan.id) still run")
      }
    }
    for link in links + workers.links { faultCount += link.faultCount }
    if gateway.core.connectionCount + workers.connectionCount != 0 {
      violations.append(
        "the gateway keeps \(gateway.core.connectionCount) connections, the workers "
          + "\(workers.connectionCount)")
    }
    if gateway.core.heldByteCount + workers.heldByteCount != 0 {
      violations.append(
        "the gateway holds \(gateway.core.heldByteCount) bytes, the workers \(workers.heldByteCount)"
      )
    }
    violations += gateway.forwarder.leftovers.map { "the gateway, at the end: \($0)" }
    links = []
    workers.forget()
  }

  /// The workers' ledger hears of calls; the gateway's would count them twice.
  private final class Unheard: CallObserver {
    func finished(
      _ calls: [FinishedCall], of methods: [MethodDescriptor], at now: MonotonicInstant
    ) {}
  }
}
