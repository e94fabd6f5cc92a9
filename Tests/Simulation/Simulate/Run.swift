import Base
import RPC
import RPCTestKit

/// One run: a server, connections to it over networks of their own, calls, then quiet, then the end.
final class Run: @unchecked Sendable {
  struct Report {
    var seed: UInt64
    var digest: UInt64
    var callCount = 0
    var rightCount = 0
    var failedCount = 0
    var faultCount = 0
    /// Answers that were wrong on a damaged network, where nothing is promised.
    var damagedCount = 0
    var seconds = 0.0
    var violations: [String]

    init(
      seed: UInt64, digest: UInt64, faultCount: Int, violations: [String], of ledger: Ledger
    ) {
      self.seed = seed
      self.digest = digest
      self.faultCount = faultCount
      self.violations = violations
      callCount = ledger.entries.count
      for entry in ledger.ordered {
        switch entry.outcomes.first {
        case .right, .dropped: rightCount += 1
        case .failed: failedCount += 1
        default: damagedCount += 1
        }
      }
    }
  }

  private let seed: UInt64
  private let simulator: Simulator
  private let trace: Trace
  private var chance: Chance
  private let ledger = Ledger()
  private let core: ServerCore
  private let serverSettings: ConnectionSettings
  private let limits: ServerLimits
  private var links: [FaultLink] = []
  private let linkCount: Int
  private var callCount = 0
  private let loops: [SimulatedLoop]
  private var remnants: [Remnant] = []
  private var retired: [Int: Int] = [:]
  private var violations: [String] = []

  /// Must be gone when a run has ended.
  private struct Remnant {
    weak var client: ClientConnection?
    weak var server: ServerConnection?
  }

  init(seed: UInt64, isTraced: Bool) {
    self.seed = seed
    chance = Chance(seed: seed)
    trace = Trace(isPrinted: isTraced)
    simulator = Simulator(chance: Chance(seed: chance.next()), trace: trace)
    serverSettings = LinkPlan.settings(&chance)
    limits = Self.limits(&chance)
    let service = SimulatedService(simulator: simulator, ledger: ledger)
    core = service.core(settings: serverSettings, limits: limits)
    linkCount = Int.random(in: 1...4, using: &chance)
    loops = (0..<4).map { [simulator] _ in simulator.makeLoop() }
  }

  private static func limits(_ chance: inout Chance) -> ServerLimits {
    var limits = ServerLimits()
    guard Int.random(in: 0..<4, using: &chance) == 0 else { return limits }
    limits.callsPerConnectionMax = Int.random(in: 1...10, using: &chance)
    limits.heldBytesMax = Int.random(in: 1_000...500_000, using: &chance)
    limits.heldBytesTotalMax = 2 * limits.heldBytesMax
    limits.waitingBytesMax = Int.random(in: 10_000...1_000_000, using: &chance)
    return limits
  }

  /// Whether limits may refuse what would succeed otherwise.
  private var isTight: Bool { limits != ServerLimits() }

  // MARK: Phases

  /// What became of one run, which is kept to its end: its jobs hold it weakly.
  static func report(of seed: UInt64, isTraced: Bool) -> Report {
    let run = Run(seed: seed, isTraced: isTraced)
    return withExtendedLifetime(run) { run.report() }
  }

  private func report() -> Report {
    unsafe GlobalJobs.simulator = simulator
    begin()
    rest("the calls")
    judge(strictly: true)
    judgeBooks()
    // Safety first, then liveness: whatever has happened, a new caller is served.
    serveNewcomer()
    rest("the newcomer's calls")
    judgeNewcomer()
    for link in links { link.lose() }
    rest("the end")
    judgeEnd()
    unsafe GlobalJobs.simulator = nil
    return Report(
      seed: seed, digest: trace.digest, faultCount: faultCount, violations: violations, of: ledger)
  }

  private var faultCount = 0

  private func rest(_ what: String) {
    if !simulator.run() { violations.append("\(what): an hour passed, and it goes on") }
  }

  private func begin() {
    for number in 0..<linkCount {
      var plan = LinkPlan(serverSettings: serverSettings, chance: &chance)
      if number > 0, number == linkCount - 1 {
        // Its faults are the others' only: one bad connection must not hurt it.
        let sound = LinkPlan(soundWith: serverSettings)
        (plan.toServer, plan.toClient, plan.drainsAt) = (sound.toServer, sound.toClient, nil)
      }
      open(plan)
      let silenceable = plan.isBlackHole || plan.integrity == .damaged
      for _ in 0..<Int.random(in: 1...30, using: &chance) {
        var call = CallPlan(
          id: nextCall(), link: number, isSilenceable: silenceable, chance: &chance)
        if let drainsAt = plan.drainsAt, Int.random(in: 0..<3, using: &chance) == 0 {
          // Many meet the go-away on its way.
          call.startsAt = drainsAt + .random(in: .zero ... .milliseconds(4), using: &chance)
        }
        start(call, on: links[number])
      }
    }
  }

  private func nextCall() -> Int {
    callCount += 1
    return callCount
  }

  private func open(_ plan: LinkPlan) {
    let number = links.count
    guard let client = loops.randomElement(using: &chance),
      let server = loops.randomElement(using: &chance)
    else { return }
    let link = FaultLink(
      simulator: simulator, core: core, plan: plan, chance: &chance, loops: (client, server)
    ) { [weak self] _ in self?.retired[number, default: 0] += 1 }
    link.open(number: number)
    links.append(link)
    remnants.append(Remnant(client: link.client, server: link.server))
  }

  private func start(_ plan: CallPlan, on link: FaultLink) {
    ledger.add(plan)
    let caller = Caller(simulator: simulator, ledger: ledger, client: link.client)
    simulator.schedule(after: plan.startsAt) { Task { await caller.run(plan) } }
  }

  private func serveNewcomer() {
    open(LinkPlan(soundWith: serverSettings))
    guard let link = links.last else { return }
    for _ in 0..<5 {
      start(CallPlan.simple(id: nextCall(), link: links.count - 1, chance: &chance), on: link)
    }
  }

  // MARK: Judgement

  private func judge(strictly: Bool) {
    for entry in ledger.ordered {
      let judge = CallJudge(entry: entry, link: links[entry.plan.link], isTight: isTight)
      violations += judge.violations.map {
        "call \(entry.plan.id) (\(entry.plan.kind), connection \(entry.plan.link)): \($0)"
      }
    }
  }

  private func judgeBooks() {
    for (number, link) in links.enumerated() {
      violations += link.violations(atRest: true).map { "connection \(number): \($0)" }
      guard !link.mayFail else { continue }
      Task { [weak self] in
        let leftovers = await link.leftovers()
        self?.violations += leftovers.map { "connection \(number), at rest: \($0)" }
      }
    }
    rest("the books")
  }

  private func judgeNewcomer() {
    guard !isTight else { return }
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
    for (number, link) in links.enumerated() {
      violations += link.violations(atRest: false).map { "connection \(number): \($0)" }
      faultCount += link.faultCount
    }
    violations += retired.filter { $0.value != 1 }.map {
      "connection \($0.key) was given up \($0.value) times"
    }
    if links.allSatisfy({ $0.plan.integrity == .faithful && !$0.wasEndedByServer && !$0.hasDrained }
    ) {
      let arrived = links.reduce(0) { $0 + $1.callsArrived }
      if ledger.finishedCount != arrived {
        violations.append("\(arrived) calls arrived, \(ledger.finishedCount) were told as ended")
      }
      if ledger.strayCount > 0 { violations.append("\(ledger.strayCount) calls that nobody made") }
    }
    if core.connectionCount != 0 {
      violations.append("the server keeps \(core.connectionCount) connections")
    }
    if core.heldByteCount != 0 { violations.append("the server holds \(core.heldByteCount) bytes") }
    links = []
    for (number, remnant) in remnants.enumerated() {
      if remnant.client != nil { violations.append("client \(number) is kept alive") }
      if remnant.server != nil { violations.append("server connection \(number) is kept alive") }
    }
  }
}
