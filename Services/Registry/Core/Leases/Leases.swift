import AuditLog
package import Contracts
import GRDB
import Synchronization
import Trust

/// The verbs of actual state: which worker serves what, and where.
///
/// Leases are in the database from acquire to release, so a registry that comes back after a restart
/// knows its workers and gives each a whole lease time to renew: no watcher is ever told that there
/// are no workers because the registry was away. Renewals stay in memory.
package final class Leases: Sendable {
  /// Time for leases, which must not jump when somebody sets the clock.
  let now: @Sendable () -> Timestamp
  private let store: RegistryStore
  private let board: ChangeBoard
  private let machine: Mutex<LeaseMachine>
  private let limits: RegistryLimits
  private let gate = WorkerGate()

  init(
    store: RegistryStore, board: ChangeBoard, limits: RegistryLimits,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.store = store
    self.board = board
    self.limits = limits
    self.now = now
    machine = Mutex(LeaseMachine(limits: limits))
  }

  /// Takes up the leases from before a restart. To be called before the first verb.
  func restore() async throws(RegistryError) {
    let stored = try await store.read { db in try LeaseTable.list(db) }
    let now = now()
    machine.withLock { $0.restore(stored, now: now) }
  }

  // MARK: Workers

  /// - Throws: `invalid` for what no lease can say, `missing` for a version that is not here, `taken`
  ///   where another worker has the id.
  package func acquire(
    _ request: Registry.AcquireLeaseRequest, by author: Author
  ) async throws(RegistryError) -> Registry.Lease {
    try LeaseRule.check(request)
    return try await change(request.workerID, .workerLease, "", author) { db, machine, now in
      try VersionTable.require(db, model: request.model, number: request.version)
      return try machine.acquire(request, now: now)
    } ?? Registry.Lease()
  }

  /// Keeps a lease alive; nothing of it is durable. The answer's state may be `draining`.
  ///
  /// - Throws: `missing` where the worker holds no lease (any more).
  package func renew(
    _ request: Registry.RenewLeaseRequest
  ) throws(RegistryError) -> Registry.Lease {
    let now = now()
    let result: Result<(Registry.Lease, Bool), RegistryError> = machine.withLock { machine in
      do throws(RegistryError) {
        let before = machine.lease(workerID: request.workerID, now: now)
        let change = try machine.renew(request, now: now)
        machine.apply(change)
        let after = machine.lease(workerID: request.workerID, now: now) ?? Registry.Lease()
        let isNews =
          before?.queueDepth != after.queueDepth || before?.inFlight != after.inFlight
          || before?.memoryBytes != after.memoryBytes
        return .success((after, isNews))
      } catch {
        return .failure(error)
      }
    }
    let (lease, isNews) = try result.get()
    if isNews { board.post(model: lease.model) }
    return lease
  }

  /// Ends a lease. Releasing what is not held is done already.
  package func release(
    _ request: Registry.ReleaseLeaseRequest, by author: Author
  ) async throws(RegistryError) {
    try ReasonRule.check(request.reason, limits: limits)
    _ = try await change(request.workerID, .workerRelease, request.reason, author) {
      _, machine, _ in machine.release(workerID: request.workerID)
    }
  }

  // MARK: Operators

  /// Asks a worker to drain: gateways send it nothing new, and its next renewal tells it.
  package func drain(
    _ request: Registry.DrainWorkerRequest, by author: Author
  ) async throws(RegistryError) -> Registry.Lease {
    try ReasonRule.check(request.reason, limits: limits)
    return try await change(request.workerID, .workerDrain, request.reason, author) {
      _, machine, now in try machine.drain(workerID: request.workerID, now: now)
    } ?? Registry.Lease()
  }

  /// Live leases of a model, or of all for an empty name.
  package func list(_ request: Registry.ListLeasesRequest) -> [Registry.Lease] {
    let now = now()
    return machine.withLock {
      $0.list(model: request.model.isEmpty ? nil : request.model, now: now)
    }
  }

  func list(model: String, at now: Timestamp) -> [Registry.Lease] {
    machine.withLock { $0.list(model: model, now: now) }
  }

  // MARK: Time

  /// Removes the leases whose time is over, and tells the watchers.
  package func expire() async throws(RegistryError) {
    let now = now()
    for lease in machine.withLock({ $0.expired(now: now) }) {
      let reason = "not renewed for \(limits.leaseDuration)"
      _ = try await change(lease.workerID, .workerLost, reason, .registry) { _, machine, now in
        // It may have been acquired anew since.
        machine.lease(workerID: lease.workerID, now: now) == nil
          ? machine.release(workerID: lease.workerID) : .nothing
      }
    }
  }

  /// Decides, stores, and only then lets the machine follow; one change of a worker at a time, so
  /// that what was decided on is still so when it is stored.
  private func change(
    _ workerID: String, _ action: RegistryChange.Action, _ reason: String, _ author: Author,
    _ decide:
      @escaping @Sendable (Database, LeaseMachine, Timestamp) throws -> LeaseMachine.Change
  ) async throws(RegistryError) -> Registry.Lease? {
    await gate.enter(workerID)
    defer { gate.leave(workerID) }
    let now = now()
    let machine = machine.withLock { $0 }
    let before = machine.lease(workerID: workerID, now: now)
    let change: LeaseMachine.Change = try await store.change { db in
      let change = try decide(db, machine, now)
      switch change {
      case .store(let lease): try LeaseTable.set(db, lease)
      case .remove(let lease): try LeaseTable.delete(db, workerID: lease.workerID)
      case .renew, .nothing: break
      }
      return Self.outcome(of: change, before, action, reason, author)
    }
    self.machine.withLock { $0.apply(change) }
    switch change {
    case .nothing: return nil
    case .renew(let lease): return lease
    case .store(let lease), .remove(let lease):
      board.post(model: lease.model)
      return lease
    }
  }

  private static func outcome(
    of change: LeaseMachine.Change, _ before: Registry.Lease?, _ action: RegistryChange.Action,
    _ reason: String, _ author: Author
  ) -> Outcome<LeaseMachine.Change> {
    func changed(_ lease: Registry.Lease, isGone: Bool) -> Outcome<LeaseMachine.Change> {
      .changed(
        change,
        RegistryChange(
          action: action, author: author, subject: AuditReference(.worker, lease.workerID),
          before: (before ?? (isGone ? lease : nil)).map(audited),
          after: isGone ? nil : audited(lease), reason: reason))
    }
    switch change {
    case .nothing, .renew: return .unchanged(change)
    case .store(let lease): return changed(lease, isGone: false)
    case .remove(let lease): return changed(lease, isGone: true)
    }
  }

  private static func audited(_ lease: Registry.Lease) -> [String: AuditValue] {
    [
      "model": .string(lease.model), "version": .integer(Int64(lease.version)),
      "endpoint": .string(lease.endpoint), "state": .string(lease.state),
    ]
  }
}
