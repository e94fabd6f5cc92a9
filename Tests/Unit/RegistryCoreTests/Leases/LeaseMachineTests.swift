import Contracts
import Testing
import Trust

@testable import RegistryCore

struct LeaseMachineTests {
  private let start = Timestamp(millisecondsSinceEpoch: 1_000_000)
  private var limits: RegistryLimits {
    var limits = RegistryLimits()
    limits.leasesMax = 2
    return limits
  }

  private func request(_ id: String, endpoint: String = "h:1") -> Registry.AcquireLeaseRequest {
    .init(workerID: id, model: "m", version: 1, endpoint: endpoint)
  }

  private func later(_ seconds: Int) -> Timestamp { start.adding(.seconds(seconds)) }

  @Test func aLeaseLivesUntilItsTimeIsOver() throws {
    var machine = LeaseMachine(limits: limits)
    machine.apply(try machine.acquire(request("a"), now: start))
    #expect(machine.list(model: "m", now: later(5)).map(\.workerID) == ["a"])
    #expect(machine.list(model: "m", now: later(6)).isEmpty)
    #expect(machine.expired(now: later(5)).isEmpty)
    #expect(machine.expired(now: later(6)).map(\.workerID) == ["a"])
  }

  @Test func renewingMovesItsTimeAndItsLoad() throws {
    var machine = LeaseMachine(limits: limits)
    machine.apply(try machine.acquire(request("a"), now: start))
    machine.apply(
      try machine.renew(.init(workerID: "a", queueDepth: 3, inFlight: 2), now: later(5)))
    let lease = try #require(machine.list(model: nil, now: later(10)).first)
    #expect(lease.queueDepth == 3)
    #expect(lease.inFlight == 2)
    #expect(lease.acquiredAt == start.nanosecondsSinceEpoch)
  }

  @Test func whoLostItsLeaseMustAcquireItAgain() throws {
    var machine = LeaseMachine(limits: limits)
    machine.apply(try machine.acquire(request("a"), now: start))
    #expect(throws: RegistryError.self) { try machine.renew(.init(workerID: "a"), now: later(6)) }
    machine.apply(try machine.acquire(request("a"), now: later(6)))
    #expect(machine.list(model: "m", now: later(7)).count == 1)
  }

  @Test func acquiringTwiceIsAcquiringOnce() throws {
    var machine = LeaseMachine(limits: limits)
    machine.apply(try machine.acquire(request("a"), now: start))
    let again = try machine.acquire(request("a"), now: later(1))
    guard case .renew = again else {
      Issue.record("a new lease was made: \(again)")
      return
    }
  }

  @Test func anIdIsOneWorkersAlone() throws {
    var machine = LeaseMachine(limits: limits)
    machine.apply(try machine.acquire(request("a"), now: start))
    #expect(throws: RegistryError.self) {
      try machine.acquire(request("a", endpoint: "h:2"), now: later(1))
    }
  }

  @Test func drainingStaysThroughRenewalAndAcquire() throws {
    var machine = LeaseMachine(limits: limits)
    machine.apply(try machine.acquire(request("a"), now: start))
    machine.apply(try machine.drain(workerID: "a", now: start))
    machine.apply(try machine.renew(.init(workerID: "a"), now: later(1)))
    machine.apply(try machine.acquire(request("a"), now: later(2)))
    #expect(machine.lease(workerID: "a", now: later(2))?.state == "draining")
  }

  @Test func releasingTwiceIsReleasingOnce() throws {
    var machine = LeaseMachine(limits: limits)
    machine.apply(try machine.acquire(request("a"), now: start))
    machine.apply(machine.release(workerID: "a"))
    #expect(machine.release(workerID: "a") == .nothing)
  }

  @Test func thereAreNoMoreLeasesThanTheLimit() throws {
    var machine = LeaseMachine(limits: limits)
    machine.apply(try machine.acquire(request("a"), now: start))
    machine.apply(try machine.acquire(request("b"), now: start))
    #expect(throws: RegistryError.self) { try machine.acquire(request("c"), now: start) }
  }

  @Test func restoredLeasesHaveTheirWholeTimeAhead() throws {
    var machine = LeaseMachine(limits: limits)
    machine.restore(
      [.init(workerID: "a", model: "m", version: 1, state: "serving")], now: later(100))
    #expect(machine.list(model: "m", now: later(105)).count == 1)
    #expect(machine.expired(now: later(106)).count == 1)
  }
}
