import Base
import Contracts
import InferenceWorkerCore
import Logging
import RPC
import Synchronization
import Testing

@Suite struct LeaseKeeperTests {
  private let clock = ManualClock()
  private let registry = FakeRegistry()

  /// A keeper whose pauses take no time and move the clock.
  private func keeper(
    load: PoolLoad = PoolLoad(), onDrain: @escaping @Sendable () -> Void = {}
  ) -> LeaseKeeper {
    LeaseKeeper(
      identity: LeaseIdentity(
        workerID: "w1", model: "demo", version: 3, endpoint: "127.0.0.1:1", processID: 1,
        host: "here"),
      registry: registry, clock: clock, sleep: { [clock] in clock.advance(by: $0) },
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, load: { load },
      drainRequested: onDrain)
  }

  private func waitFor(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
  }

  @Test func `the lease is acquired, renewed with the load, and released`() async {
    var load = PoolLoad()
    load.queueDepth = 5
    load.inFlight = 2
    let keeper = keeper(load: load)
    async let run: Void = keeper.run()
    await waitFor { registry.calls.count >= 3 }
    keeper.release()
    await run
    let calls = registry.calls
    #expect(calls.first == "AcquireLease")
    #expect(calls.last == "ReleaseLease")
    #expect(calls.dropFirst().dropLast().allSatisfy { $0 == "RenewLease" })
    let renewal = registry.state.withLock { $0.renewals[0] }
    #expect((renewal.queueDepth, renewal.inFlight) == (5, 2))
    #expect(registry.state.withLock { $0.leases }.isEmpty)
  }

  @Test func `a registry that was away and forgot the lease grants another`() async {
    let away = RPCError(.unavailable, "away")
    registry.state.withLock { state in
      state.faults["AcquireLease"] = [away, away]
      state.faults["RenewLease"] = [away, away, RPCError(.notFound, "no lease")]
    }
    let keeper = keeper()
    async let run: Void = keeper.run()
    await waitFor { registry.calls.count >= 8 }
    keeper.release()
    await run
    #expect(
      registry.calls.prefix(8)
        == [
          "AcquireLease", "AcquireLease", "AcquireLease", "RenewLease", "RenewLease",
          "RenewLease", "AcquireLease", "RenewLease",
        ])
  }

  @Test func `the registry's wish to drain is passed on once, and the lease is kept alive`() async {
    let wishes = Mutex(0)
    registry.state.withLock { $0.leaseState = "draining" }
    let keeper = keeper(onDrain: { wishes.withLock { $0 += 1 } })
    async let run: Void = keeper.run()
    await waitFor { registry.calls.count >= 4 }
    #expect(wishes.withLock { $0 } == 1)
    #expect(keeper.isAskedToDrain)
    #expect(keeper.isHeld)
    keeper.release()
    await run
  }

  @Test func `a registry that never answers does not keep the worker from ending`() async {
    let away = RPCError(.unavailable, "away")
    registry.state.withLock { state in
      state.faults["ReleaseLease"] = [RPCError](repeating: away, count: 100)
    }
    let keeper = keeper()
    async let run: Void = keeper.run()
    await waitFor { keeper.isHeld }
    keeper.release()
    await run
    let releases = registry.calls.filter { $0 == "ReleaseLease" }
    #expect(releases.count == LeaseMachine.releaseAttemptsMax)
  }
}
