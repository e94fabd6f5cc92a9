import Base
import Contracts
import Testing

@testable import SlipwaySupervisor

@Suite("Worker fleet")
struct WorkerFleetTests {
  private let start = MonotonicInstant(nanoseconds: 1_000_000_000)

  private func state(
    _ targets: [Registry.Target], serving: [String] = [], revision: UInt64 = 1
  ) -> Registry.ModelState {
    Registry.ModelState(
      model: "m",
      deployment: Registry.Deployment(model: "m", targets: targets, revision: revision),
      leases: serving.map { Registry.Lease(workerID: $0, model: "m", version: 1, state: "serving") }
    )
  }

  @Test("does nothing before the first whole snapshot")
  func waitsForSnapshot() {
    var fleet = WorkerFleet()
    fleet.beginSnapshot()
    fleet.take(state([Registry.Target(version: 1, replicas: 1, weight: 100)]), now: start)
    #expect(fleet.plan(now: start).actions.isEmpty)
    fleet.take(Registry.ModelState(), now: start)
    #expect(fleet.plan(now: start).actions == [.start(model: "m", version: 1)])
  }

  @Test("a new version is drained for only once the new worker's own lease serves")
  func swap() {
    var fleet = WorkerFleet(settle: .seconds(1))
    fleet.beginSnapshot()
    fleet.take(state([Registry.Target(version: 1, replicas: 1, weight: 100)]), now: start)
    fleet.take(Registry.ModelState(), now: start)
    let old = fleet.add(model: "m", version: 1)
    fleet.started(old, workerID: "old", now: start)
    let new = [Registry.Target(version: 2, replicas: 1, weight: 100)]
    fleet.take(state(new, serving: ["old"]), now: start)
    #expect(fleet.plan(now: start).actions == [.start(model: "m", version: 2)])
    let slot = fleet.add(model: "m", version: 2)
    fleet.started(slot, workerID: "new", now: start)
    #expect(fleet.plan(now: start.advanced(by: .seconds(60))) == Reconciliation())
    let later = start.advanced(by: .seconds(100))
    fleet.take(state(new, serving: ["old", "new"]), now: later)
    #expect(fleet.plan(now: later).lookAgainAt == later.advanced(by: .seconds(1)))
    let settled = later.advanced(by: .seconds(1))
    #expect(fleet.plan(now: settled).actions == [.drain(slot: old)])
    fleet.drains(old)
    #expect(fleet.plan(now: settled).actions.isEmpty)
    fleet.remove(old)
    #expect(fleet.running.map(\.slot) == [slot])
  }

  @Test("a worker that was refused is not started again until somebody changes the deployment")
  func parked() {
    let target = [Registry.Target(version: 1, replicas: 1, weight: 100)]
    var fleet = WorkerFleet()
    fleet.beginSnapshot()
    fleet.take(state(target), now: start)
    fleet.take(Registry.ModelState(), now: start)
    let slot = fleet.add(model: "m", version: 1)
    fleet.started(slot, workerID: "w", now: start)
    fleet.park(slot, Refusal(label: "w", reason: "nobody has approved it"))
    fleet.stopped(slot)
    #expect(fleet.plan(now: start).actions.isEmpty)
    #expect(
      fleet.absent == [
        AbsentWorker(
          id: "w", model: "m", version: 1, reason: "nobody has approved it", revision: 1)
      ])
    fleet.take(state(target), now: start)
    #expect(fleet.plan(now: start).actions.isEmpty)
    fleet.take(state(target, revision: 2), now: start)
    #expect(fleet.plan(now: start).actions == [.start(model: "m", version: 1)])
    #expect(fleet.absent.isEmpty)
  }

  @Test("a refused version keeps the old one serving, and a parked worker is the first to go")
  func parkedRollout() {
    var fleet = WorkerFleet(settle: .seconds(1))
    fleet.beginSnapshot()
    fleet.take(state([Registry.Target(version: 1, replicas: 1, weight: 100)]), now: start)
    fleet.take(Registry.ModelState(), now: start)
    let old = fleet.add(model: "m", version: 1)
    fleet.started(old, workerID: "old", now: start)
    let both = [Registry.Target(version: 2, replicas: 2, weight: 100)]
    fleet.take(state(both, serving: ["old"], revision: 2), now: start)
    let first = fleet.add(model: "m", version: 2)
    fleet.park(first, Refusal(label: "new", reason: "x"))
    let second = fleet.add(model: "m", version: 2)
    #expect(fleet.plan(now: start.advanced(by: .seconds(60))) == Reconciliation())
    fleet.take(
      state([Registry.Target(version: 2, replicas: 1, weight: 100)], serving: ["old"], revision: 2),
      now: start)
    #expect(fleet.plan(now: start).actions == [.drain(slot: first)])
    #expect(second > first)
  }

  @Test("a model that a later snapshot lacks is drained, others stay as they were")
  func secondSnapshot() {
    var fleet = WorkerFleet()
    fleet.beginSnapshot()
    fleet.take(state([Registry.Target(version: 1, replicas: 1, weight: 100)]), now: start)
    fleet.take(Registry.ModelState(), now: start)
    let slot = fleet.add(model: "m", version: 1)
    fleet.beginSnapshot()
    #expect(fleet.plan(now: start).actions.isEmpty)
    fleet.take(Registry.ModelState(), now: start)
    #expect(fleet.plan(now: start).actions == [.drain(slot: slot)])
  }

  @Test("worker ids name model and version, and differ")
  func identifiers() {
    var chance = SplitMix(state: 1)
    let ids = (0..<100).map { _ in
      WorkerIdentifier.make(model: "magika", version: 2, using: &chance)
    }
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { $0.hasPrefix("magika-v2-") && $0.utf8.count == 16 })
  }
}
