package import Base
internal import Contracts
package import Logging
package import RPC
internal import Synchronization

/// Holds the worker's lease at the registry until it is asked to give it back.
package final class LeaseKeeper: Sendable {
  /// Well below a lease's lifetime: an answer that comes later is of no use.
  package static let callTimeout: Duration = .seconds(2)

  private let identity: LeaseIdentity
  private let registry: any Channel
  private let clock: any MonotonicClock
  private let sleep: Sleep
  private let load: @Sendable () -> PoolLoad
  private let memoryBytes: @Sendable () -> UInt64
  private let reporter: Mutex<LoadReporter>
  private let drainRequested: @Sendable () -> Void
  private let logger: Logger
  private let machine: Mutex<LeaseMachine>
  /// Ends a wait early.
  private let wake = WakeSignal()

  /// - Parameters:
  ///   - load: read at each renewal.
  ///   - memoryBytes: of the process; read at each renewal.
  ///   - drainRequested: called once, when the registry asks for draining.
  package init(
    identity: LeaseIdentity, registry: any Channel, clock: any MonotonicClock,
    sleep: @escaping Sleep = systemSleep, logger: Logger,
    load: @escaping @Sendable () -> PoolLoad,
    memoryBytes: @escaping @Sendable () -> UInt64 = { 0 },
    drainRequested: @escaping @Sendable () -> Void
  ) {
    self.identity = identity
    self.registry = registry
    self.clock = clock
    self.sleep = sleep
    self.logger = logger
    self.load = load
    self.memoryBytes = memoryBytes
    reporter = Mutex(LoadReporter(load(), now: clock.now))
    self.drainRequested = drainRequested
    machine = Mutex(LeaseMachine(now: clock.now))
  }

  package var isHeld: Bool { machine.withLock { $0.isHeld } }
  package var isAskedToDrain: Bool { machine.withLock { $0.isAskedToDrain } }

  /// Keeps the lease until it has been released. Call once. If the task is cancelled the lease is left
  /// to run out.
  package func run() async {
    while !Task.isCancelled {
      switch machine.withLock({ $0.step(now: clock.now) }) {
      case .acquire: await acquire()
      case .renew: await renew()
      case .release: await giveBack()
      case .wait(let moment): await wait(until: moment)
      case .stop: return
      }
    }
  }

  /// Makes `run` give the lease back and return.
  package func release() {
    machine.withLock { $0.release(now: clock.now) }
    wake.wake()
  }

  private func acquire() async {
    let request = Registry.AcquireLeaseRequest(
      workerID: identity.workerID, model: identity.model, version: identity.version,
      endpoint: identity.endpoint, processID: identity.processID, host: identity.host,
      quarantine: identity.isQuarantine)
    do throws(RPCError) {
      let lease = try await registry.call(
        Registry.API.acquireLease, request, options: CallOptions(timeout: Self.callTimeout))
      logger.info("the lease is acquired", metadata: ["worker": "\(identity.workerID)"])
      finished(lease)
    } catch {
      finished(.failed, "the lease could not be acquired", error)
    }
  }

  private func renew() async {
    let (load, now) = (load(), clock.now)
    let report = reporter.withLock { $0.report(load, now: now) }
    let request = Registry.RenewLeaseRequest(
      workerID: identity.workerID, queueDepth: UInt32(clamping: load.queueDepth),
      inFlight: UInt32(clamping: load.inFlight), calls: report.calls, refused: report.refused,
      queueWait: report.waitNanoseconds, busyPerMille: report.busyPerMille,
      memoryBytes: memoryBytes())
    do throws(RPCError) {
      finished(
        try await registry.call(
          Registry.API.renewLease, request, options: CallOptions(timeout: Self.callTimeout)))
    } catch {
      finished(
        error.code == .notFound || error.code == .failedPrecondition ? .lost : .failed,
        "the lease could not be renewed", error)
    }
  }

  private func giveBack() async {
    let request = Registry.ReleaseLeaseRequest(workerID: identity.workerID, reason: "drained")
    var isDone = true
    do throws(RPCError) {
      _ = try await registry.call(
        Registry.API.releaseLease, request, options: CallOptions(timeout: Self.callTimeout))
    } catch {
      isDone = false
      log("the lease could not be released", error)
    }
    machine.withLock { $0.released(isDone, now: clock.now) }
  }

  private func finished(_ lease: Registry.Lease) {
    // Both moments are the registry's, so the clocks of two hosts need not agree. The first grant
    // lasts exactly one lifetime; later ones seem longer and are bounded by the machine.
    let nanoseconds = lease.expiresAt.subtractingReportingOverflow(lease.acquiredAt)
    let lifetime: Duration? =
      nanoseconds.overflow || nanoseconds.partialValue <= 0
      ? nil : .nanoseconds(nanoseconds.partialValue)
    let asksToDrain = machine.withLock { machine in
      let wasAsked = machine.isAskedToDrain
      machine.finished(
        .granted(
          isDraining: lease.state == "draining", lifetime: machine.isHeld ? nil : lifetime),
        now: clock.now)
      return machine.isAskedToDrain && !wasAsked
    }
    if asksToDrain { drainRequested() }
  }

  private func finished(_ outcome: LeaseMachine.Outcome, _ message: String, _ error: RPCError) {
    log(message, error)
    machine.withLock { $0.finished(outcome, now: clock.now) }
  }

  private func log(_ message: String, _ error: RPCError) {
    logger.warning(
      "\(message)", metadata: ["error": "\(error)", "worker": "\(identity.workerID)"])
  }

  private func wait(until moment: MonotonicInstant) async {
    let duration = Duration.nanoseconds(Int64(clamping: moment.nanoseconds(since: clock.now)))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.sleep(duration) }
      group.addTask { await self.wake.wait() }
      await group.next()
      group.cancelAll()
    }
  }
}
