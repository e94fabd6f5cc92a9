import Base
import Testing

@testable import SlipwaySupervisor

@Suite("Reconciliation")
struct ReconciliationTests {
  private static let settle = Duration.seconds(1)
  private static let now = MonotonicInstant(nanoseconds: 100_000_000_000)
  private static let longAgo = MonotonicInstant(nanoseconds: 1_000_000_000)

  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var desired: [UInt32: Int]?
    var running: [RunningWorker]
    var actions: [WorkerAction]
    var lookAgainAt: MonotonicInstant?
  }

  private static func worker(
    _ slot: Int, v version: UInt32, _ phase: RunningWorker.Phase = .serving(since: longAgo)
  ) -> RunningWorker {
    RunningWorker(slot: slot, model: "m", version: version, phase: phase)
  }

  static let rows = [
    Row(testDescription: "nothing wanted, nothing runs", running: [], actions: []),
    Row(
      testDescription: "missing workers are started", desired: [1: 2], running: [worker(1, v: 1)],
      actions: [.start(model: "m", version: 1)]),
    Row(
      testDescription: "a worker that starts counts", desired: [1: 1],
      running: [worker(1, v: 1, .starting)], actions: []),
    Row(
      testDescription: "a worker that waits for room counts", desired: [1: 1],
      running: [worker(1, v: 1, .waiting)], actions: []),
    Row(
      testDescription: "the old version stays while the new one waits for room", desired: [2: 1],
      running: [worker(1, v: 1), worker(2, v: 2, .waiting)], actions: []),
    Row(
      testDescription: "scaling down drains what waits for room first", desired: [1: 1],
      running: [worker(1, v: 1, .waiting), worker(2, v: 1, .starting), worker(3, v: 1)],
      actions: [.drain(slot: 1), .drain(slot: 2)]),
    Row(
      testDescription: "a worker that drains does not count", desired: [1: 1],
      running: [worker(1, v: 1, .draining)], actions: [.start(model: "m", version: 1)]),
    Row(
      testDescription: "scaling down drains the newest first", desired: [1: 1],
      running: [worker(1, v: 1), worker(2, v: 1), worker(3, v: 1)],
      actions: [.drain(slot: 3), .drain(slot: 2)]),
    Row(
      testDescription: "scaling down drains what does not serve before what does", desired: [1: 1],
      running: [worker(1, v: 1, .starting), worker(2, v: 1)], actions: [.drain(slot: 1)]),
    Row(
      testDescription: "a new version starts before the old one drains", desired: [2: 1],
      running: [worker(1, v: 1)], actions: [.start(model: "m", version: 2)]),
    Row(
      testDescription: "the old version stays while the new one loads", desired: [2: 1],
      running: [worker(1, v: 1), worker(2, v: 2, .starting)], actions: []),
    Row(
      testDescription: "the old version stays until gateways had time to move", desired: [2: 1],
      running: [worker(1, v: 1), worker(2, v: 2, .serving(since: now))], actions: [],
      lookAgainAt: now.advanced(by: settle)),
    Row(
      testDescription: "the old version drains once the new one has served", desired: [2: 1],
      running: [worker(1, v: 1), worker(2, v: 2)], actions: [.drain(slot: 1)]),
    Row(
      testDescription: "the old version stays while one of several new workers is missing",
      desired: [2: 2],
      running: [worker(1, v: 1), worker(2, v: 2), worker(3, v: 2, .starting)], actions: []),
    Row(
      testDescription: "an undeployed model drains", desired: [:],
      running: [worker(1, v: 1), worker(2, v: 1)],
      actions: [.drain(slot: 2), .drain(slot: 1)]),
    Row(
      testDescription: "a model that is gone drains at once", running: [worker(1, v: 1)],
      actions: [.drain(slot: 1)]),
  ]

  @Test("does what the table says", arguments: rows)
  func table(row: Row) {
    let desired = row.desired.map { [DesiredModel(model: "m", replicas: $0, since: Self.longAgo)] }
    let result = reconcile(
      desired: desired ?? [], running: row.running, now: Self.now, settle: Self.settle)
    #expect(result.actions == row.actions)
    #expect(result.lookAgainAt == row.lookAgainAt)
  }

  @Test("a version whose workers die gets one more for suspects, which counts for nothing else")
  func quarantine() {
    var desired = DesiredModel(
      model: "m", replicas: [1: 1], quarantines: [1], since: Self.longAgo)
    func actions(_ running: [RunningWorker]) -> [WorkerAction] {
      reconcile(desired: [desired], running: running, now: Self.now, settle: Self.settle).actions
    }
    let serving = Self.worker(1, v: 1)
    #expect(actions([serving]) == [.startQuarantine(model: "m", version: 1)])
    let alone = RunningWorker(
      slot: 2, model: "m", version: 1, phase: .starting, isQuarantine: true)
    #expect(actions([serving, alone]) == [])
    #expect(actions([alone]) == [.start(model: "m", version: 1)])
    desired.quarantines = []
    #expect(actions([serving, alone]) == [.drain(slot: 2)])
  }

  @Test("ends with exactly the desired workers, and serves all the way", arguments: 0..<200)
  func converges(seed: Int) {
    var chance = SplitMix(state: UInt64(seed))
    var world = World()
    for _ in 0..<8 {
      let versions = (1...3).shuffled(using: &chance).prefix(Int.random(in: 1...2, using: &chance))
      world.desire(
        Dictionary(
          uniqueKeysWithValues: versions.map {
            (UInt32($0), Int.random(in: 1...3, using: &chance))
          }))
      for _ in 0..<40 { world.step(using: &chance, seed: seed) }
    }
    world.settle()
    let counts = Dictionary(grouping: world.workers, by: \.version).mapValues(\.count)
    #expect(counts == world.desired.replicas, "seed \(seed)")
  }

  /// Workers that load, serve and drain as chance has it.
  private struct World {
    var now = longAgo
    var desired = DesiredModel(model: "m", replicas: [:], since: longAgo)
    var workers: [RunningWorker] = []
    var slots = 0
    var hasServed = false

    mutating func desire(_ replicas: [UInt32: Int]) {
      desired = DesiredModel(model: "m", replicas: replicas, since: now)
    }

    mutating func step(using chance: inout SplitMix, seed: Int) {
      now = now.advanced(by: .milliseconds(Int.random(in: 0...700, using: &chance)))
      act()
      for index in workers.indices.reversed() where Bool.random(using: &chance) {
        switch workers[index].phase {
        case .starting: workers[index].phase = .serving(since: now)
        case .draining: workers.remove(at: index)
        case .serving, .parked, .waiting: break
        }
      }
      let serves = workers.contains { if case .serving = $0.phase { true } else { false } }
      #expect(serves || !hasServed, "seed \(seed): a change left nobody serving")
      hasServed = hasServed || serves
    }

    mutating func settle() {
      for _ in 0..<20 {
        now = now.advanced(by: .seconds(2))
        act()
        workers.removeAll { $0.phase == .draining }
        for index in workers.indices where workers[index].phase == .starting {
          workers[index].phase = .serving(since: now)
        }
      }
    }

    private mutating func act() {
      let plan = reconcile(
        desired: [desired], running: workers, now: now, settle: ReconciliationTests.settle)
      for action in plan.actions {
        switch action {
        case .start(let model, let version):
          slots += 1
          workers.append(
            RunningWorker(slot: slots, model: model, version: version, phase: .starting))
        case .startQuarantine: Issue.record("nobody asked for one")
        case .drain(let slot):
          for index in workers.indices where workers[index].slot == slot {
            workers[index].phase = .draining
          }
        }
      }
    }
  }
}
