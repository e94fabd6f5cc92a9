import Base
import Contracts
import Testing

@testable import SlipwaySupervisor

/// Workers that crash, hang, or have no room.
@Suite struct WorkerTroubleTests {
  private let start = MonotonicInstant(nanoseconds: 1_000_000_000)
  private static let megabyte: UInt64 = 1_000_000

  private func later(_ seconds: Int) -> MonotonicInstant { start.advanced(by: .seconds(seconds)) }

  /// - Parameter serving: ids of workers that hold a lease, with what they take.
  private func state(
    _ replicas: [UInt32: UInt32], serving: [String: UInt64] = [:], revision: UInt64 = 1,
    takes: [UInt32: UInt64] = [:], followsLoad: Bool = false
  ) -> Registry.ModelState {
    Registry.ModelState(
      model: "m",
      deployment: Registry.Deployment(
        model: "m",
        targets: replicas.sorted { $0.key < $1.key }.map { version, count in
          Registry.Target(
            version: version, replicas: count,
            scaling: followsLoad ? Registry.Scaling(min: 0, max: 9) : nil)
        }, revision: revision),
      leases: serving.sorted { $0.key < $1.key }.map { id, bytes in
        Registry.Lease(
          workerID: id, model: "m", endpoint: "h:1", state: "serving", memoryBytes: bytes)
      },
      memory: takes.sorted { $0.key < $1.key }.map {
        Registry.VersionMemory(version: $0.key, bytes: $0.value)
      })
  }

  /// A fleet that has heard of one model.
  private func fleet(_ state: Registry.ModelState) -> WorkerFleet {
    var fleet = WorkerFleet()
    fleet.beginSnapshot()
    fleet.take(state, now: start)
    fleet.take(Registry.ModelState(), now: start)
    return fleet
  }

  private static func crash(_ words: String? = "out of luck") -> ChildEnding {
    ChildEnding(label: "w", reason: "killed by signal 11", isCrash: true, lastWords: words)
  }

  // MARK: Crashes

  @Test func `a worker that crashes five times before it serves is given up with its last words`() {
    var fleet = fleet(state([1: 1]))
    let slot = fleet.add(model: "m", version: 1)
    for attempt in 1...5 {
      fleet.started(slot, workerID: "w", now: start)
      let refusal = fleet.ended(slot, Self.crash())
      #expect((refusal != nil) == (attempt == 5))
      #expect(fleet.absent.isEmpty == (attempt < 3))
      guard let refusal else { continue }
      #expect(
        refusal.reason
          == "it crashed 5 times before it served: killed by signal 11; its last words: out of luck"
      )
      fleet.park(slot, refusal)
      fleet.stopped(slot)
    }
    #expect(fleet.absent.map(\.state) == [.parked])
    #expect(fleet.plan(now: later(600)).actions.isEmpty)
    fleet.take(state([1: 1], revision: 2), now: later(601))
    #expect(fleet.plan(now: later(601)).actions == [.start(model: "m", version: 1)])
  }

  @Test func `crashes of a worker that served in between do not add up`() {
    var fleet = fleet(state([1: 1]))
    let slot = fleet.add(model: "m", version: 1)
    for attempt in 1...20 {
      fleet.started(slot, workerID: "w\(attempt)", now: start)
      if attempt.isMultiple(of: 3) {
        fleet.take(state([1: 1], serving: ["w\(attempt)": 0]), now: start)
      }
      #expect(fleet.ended(slot, Self.crash()) == nil)
    }
  }

  @Test func `a worker that exits before it serves is told of, and tried for ever`() {
    var fleet = fleet(state([1: 1]))
    let slot = fleet.add(model: "m", version: 1)
    let ending = ChildEnding(
      label: "w", reason: "exited with status 1", isCrash: false, lastWords: "the disk is full")
    for _ in 1...20 {
      fleet.started(slot, workerID: "w", now: start)
      #expect(fleet.ended(slot, ending) == nil)
    }
    #expect(fleet.absent.map(\.state) == [.failing])
    #expect(fleet.absent.first?.reason.hasSuffix("its last words: the disk is full") == true)
    fleet.started(slot, workerID: "w", now: start)
    fleet.take(state([1: 1], serving: ["w": 0]), now: start)
    #expect(fleet.absent.isEmpty)
  }

  // MARK: Silence

  @Test func `a worker that has lost its lease is looked at, and no other`() {
    var fleet = fleet(state([1: 3]))
    let slots = (0..<3).map { _ in fleet.add(model: "m", version: 1) }
    for (slot, id) in zip(slots, ["a", "b", "c"]) {
      fleet.started(slot, workerID: id, now: start)
    }
    #expect(fleet.silent(now: later(60)) == [])
    fleet.take(state([1: 3], serving: ["a": 0, "b": 0]), now: later(60))
    fleet.drains(slots[1])
    fleet.take(state([1: 3]), now: later(70))
    #expect(fleet.nextLook == later(71))
    #expect(fleet.silent(now: later(70)) == [])
    let silent = WorkerFleet.Silent(slot: slots[0], workerID: "a", endpoint: "h:1")
    #expect(fleet.silent(now: later(71)) == [silent])
    #expect(fleet.silent(now: later(72)) == [])
    #expect(fleet.isStillSilent(silent))
    // It answered, and goes on without a lease.
    #expect(fleet.silent(now: later(76)) == [silent])
    fleet.take(state([1: 3], serving: ["a": 0]), now: later(77))
    #expect(!fleet.isStillSilent(silent))
    #expect(fleet.nextLook == nil)
  }

  // MARK: Changes of versions

  @Test func `what a change of versions takes of memory is noted when it is over`() {
    var watch = SwapWatch()
    watch.see("m", desired: [1], workers: [.init(version: 1, bytes: nil)])
    watch.see("m", desired: [1], workers: [.init(version: 1, bytes: 60)])
    watch.see("m", desired: [2], workers: [.init(version: 1, bytes: 61)])
    let both: [SwapWatch.Worker] = [.init(version: 1, bytes: 61), .init(version: 2, bytes: 70)]
    watch.see("m", desired: [2], workers: both)
    #expect(watch.records == [])
    watch.see("m", desired: [2], workers: [.init(version: 2, bytes: 65)])
    let record = SwapWatch.Record(
      model: "m", from: [1], to: [2], bytesBefore: 60, bytesMost: 131, bytesAfter: 65)
    #expect(watch.records == [record])
    // Nobody calls, and then somebody does.
    watch.see("m", desired: [], workers: [])
    watch.see("m", desired: [2], workers: [.init(version: 2, bytes: 66)])
    #expect(watch.records == [record])
    // A change that is taken back is none.
    watch.see("m", desired: [3], workers: [.init(version: 2, bytes: 66)])
    watch.see("m", desired: [2], workers: [.init(version: 2, bytes: 66)])
    #expect(watch.records == [record])
  }

  // MARK: Room

  @Test func `what does not fit into memory waits, and starts when something else has gone`() {
    var fleet = fleet(state([1: 1], takes: [1: 60 * Self.megabyte]))
    let room = WorkerRoom(cores: 4, budgetBytes: 100 * Self.megabyte)
    let old = fleet.add(model: "m", version: 1)
    #expect(fleet.admit(room) == [old])
    fleet.started(old, workerID: "old", now: start)
    let takes = [UInt32(1): 60 * Self.megabyte, 2: 50 * Self.megabyte]
    // It takes more than its probing found.
    let both = state([2: 1], serving: ["old": 80 * Self.megabyte], revision: 2, takes: takes)
    fleet.take(both, now: start)
    #expect(fleet.plan(now: start).actions == [.start(model: "m", version: 2)])
    let new = fleet.add(model: "m", version: 2)
    #expect(fleet.admit(room) == [])
    let reason = fleet.absent.first
    #expect(reason?.state == .waiting && reason?.revision == 2)
    #expect(
      reason?.reason
        == "a worker of version 2 of `m` takes about 50 MB, and workers have 80 MB of the 100 MB that "
        + "they may; it starts when there is room: deploy fewer workers, or give them more with "
        + "`slipway up --memory`")
    // The old one goes on serving.
    #expect(fleet.plan(now: later(60)).actions == [])
    fleet.remove(old)
    #expect(fleet.admit(room) == [new])
    #expect(fleet.absent == [])
  }

  @Test func `workers that are loading have been promised their memory`() {
    var fleet = fleet(state([1: 3], takes: [1: 60 * Self.megabyte]))
    let slots = (0..<3).map { _ in fleet.add(model: "m", version: 1) }
    let room = WorkerRoom(cores: 4, freeBytes: 130 * Self.megabyte)
    #expect(fleet.admit(room) == Array(slots[..<2]))
    #expect(fleet.hasNew)
    #expect(fleet.absent.first?.reason.contains("this machine has 10 MB to spare") == true)
    for (slot, id) in zip(slots, ["a", "b"]) { fleet.started(slot, workerID: id, now: start) }
    // The first two are there: what is free now is free.
    let serving = ["a": 55 * Self.megabyte, "b": 55 * Self.megabyte]
    fleet.take(state([1: 3], serving: serving, takes: [1: 60 * Self.megabyte]), now: start)
    #expect(fleet.admit(WorkerRoom(cores: 4, freeBytes: 56 * Self.megabyte)) == [slots[2]])
  }

  @Test func `a version that follows its load gets no more workers than there are processors`() {
    for (followsLoad, count) in [(true, 2), (false, 4)] {
      var fleet = fleet(state([1: 4], followsLoad: followsLoad))
      for _ in 0..<4 { _ = fleet.add(model: "m", version: 1) }
      #expect(fleet.admit(WorkerRoom(cores: 2)).count == count)
    }
  }

  @Test(arguments: [(1, 8), (2, 4), (3, 2), (20, 1)])
  func `the workers of a version share the processors`(replicas: Int, threads: Int) {
    var fleet = fleet(state([1: UInt32(replicas)]))
    let slot = fleet.add(model: "m", version: 1)
    #expect(fleet.order(of: slot, cores: 8)?.threads == threads)
  }

  @Test func `a control group's memory counts where it has less than the machine`() {
    let machine = "MemTotal:  10240000 kB\nMemFree: 1 kB\nMemAvailable: 8192000 kB\n"
    let all = WorkerRoom.freeBytes(memory: machine)
    #expect(all == 8_192_000 * 1024 - 10_240_000 * 1024 / 50)
    let group = WorkerRoom.freeBytes(
      memory: machine, groupMax: "2000000000\n", groupCurrent: "1500000000\n",
      groupStatistics: "anon 1\ninactive_file 500000000\n")
    #expect(group == 1_000_000_000 - 64 << 20)
    #expect(WorkerRoom.freeBytes(memory: machine, groupMax: "max\n", groupCurrent: "1\n") == all)
    #expect(WorkerRoom.freeBytes(memory: "") == nil)
  }
}
