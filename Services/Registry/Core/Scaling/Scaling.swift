import AuditLog
package import Contracts
import Synchronization
import Trust

/// Lets the number of workers follow the load, for versions whose deployment says so.
///
/// ``Autoscaler`` decides; what it decides is durable and in the log before anybody hears of it. Who runs
/// workers places them.
package final class Scaling: Sendable {
  private static let waitTargetDefault = Duration.milliseconds(50)
  private static let idleDefault = Duration.seconds(300)
  /// From the last suspect on: one bad request seldom comes alone, and starting a worker takes a while.
  private static let quarantineTime = Duration.seconds(60)

  private struct Version: Sendable, Hashable {
    var model: String
    var number: UInt32
  }

  private let store: RegistryStore
  private let leases: Leases
  private let board: ChangeBoard
  /// Of versions that follow the load.
  private let machines = Mutex<[Version: Autoscaler]>([:])
  /// Until when a worker for suspects is wanted.
  private let quarantined = Mutex<[Version: Duration]>([:])

  init(store: RegistryStore, leases: Leases, board: ChangeBoard) {
    self.store = store
    self.leases = leases
    self.board = board
  }

  /// A worker renewed its lease and said how busy it is.
  func take(_ request: Registry.RenewLeaseRequest, of lease: Registry.Lease) {
    let report = Autoscaler.Report(
      calls: request.calls, refused: min(request.refused, request.calls),
      wait: .nanoseconds(Int64(clamping: request.queueWait)),
      busy: min(Double(request.busyPerMille) / 1000, 1),
      present: Int(request.queueDepth) + Int(request.inFlight))
    let now = now
    machines.withLock {
      $0[Version(model: lease.model, number: lease.version)]?
        .reported(lease.workerID, report, now: now)
    }
  }

  /// Calls wait for a worker. Nothing happens for a version whose number of workers a person has set.
  package func demand(_ request: Registry.ReportDemandRequest) async throws(RegistryError) {
    let version = Version(model: request.model, number: request.version)
    let now = now
    if request.suspects { return try await quarantine(version, now) }
    let isKnown = machines.withLock { machines in
      machines[version]?.demanded(now: now)
      return machines[version] != nil
    }
    if !isKnown {
      // It may have been deployed since the last turn.
      try await turn(of: request.model)
      machines.withLock { $0[version]?.demanded(now: now) }
    }
    try await turn(of: request.model)
  }

  /// Versions of which a worker for suspects is wanted, by number.
  func quarantines(of model: String) -> [UInt32] {
    let now = now
    return quarantined.withLock { quarantined in
      quarantined.filter { $0.key.model == model && $0.value > now }.map(\.key.number).sorted()
    }
  }

  /// Wants a worker for suspects for a while. Not kept through a restart: a gateway says it again.
  private func quarantine(_ version: Version, _ now: Duration) async throws(RegistryError) {
    try await store.read { db in
      try VersionTable.require(db, model: version.model, number: version.number)
    }
    let isNew = quarantined.withLock { quarantined in
      let isNew = quarantined[version].map { $0 <= now } ?? true
      quarantined[version] = now + Self.quarantineTime
      return isNew
    }
    if isNew { board.post(model: version.model) }
  }

  private func endQuarantines() {
    let now = now
    let over = quarantined.withLock { quarantined in
      let over = quarantined.filter { $0.value <= now }.map(\.key)
      for version in over { quarantined[version] = nil }
      return over
    }
    for version in over { board.post(model: version.model) }
  }

  /// Looks at every model that follows its load.
  package func turn() async throws(RegistryError) {
    endQuarantines()
    let models = try await store.read { db in try DeploymentTable.scaledModels(db) }
    let wanted = Set(models)
    machines.withLock { machines in
      machines = machines.filter { wanted.contains($0.key.model) }
    }
    for model in models { try await turn(of: model) }
  }

  private func turn(of model: String) async throws(RegistryError) {
    let deployment = try await store.read { db in
      try DeploymentTable.current(db, model: model)
    }
    let live = leases.list(model: model, at: leases.now()).filter {
      $0.state == LeaseMachine.State.serving
    }
    for target in deployment?.targets ?? [] {
      let ids = Set(live.lazy.filter { $0.version == target.version }.map(\.workerID))
      guard let scaling = target.scaling else {
        machines.withLock { $0[Version(model: model, number: target.version)] = nil }
        continue
      }
      let now = now
      let step = machines.withLock {
        $0[Version(model: model, number: target.version), default: Autoscaler(now: now)]
          .decide(
            current: Int(target.replicas), live: ids, bounds: Self.bounds(scaling), now: now)
      }
      if let step { try await make(step, of: model, instead: target) }
    }
  }

  /// Notes how many workers the load asks for, unless somebody has changed the deployment meanwhile.
  private func make(
    _ step: Autoscaler.Step, of model: String, instead old: Registry.Target
  ) async throws(RegistryError) {
    let replicas = UInt32(clamping: step.replicas)
    try await store.change { db -> Outcome<Void> in
      guard let current = try DeploymentTable.current(db, model: model),
        let index = current.targets.firstIndex(of: old)
      else { return .unchanged(()) }
      try DeploymentTable.ask(db, model: model, version: old.version, replicas: replicas)
      var next = current
      next.targets[index].replicas = replicas
      return .changed(
        (),
        RegistryChange(
          action: .deploymentScale, author: .registry, subject: AuditReference(.deployment, model),
          before: Deployments.audited(current), after: Deployments.audited(next),
          reason: step.reason))
    }
    board.post(model: model)
  }

  private static func bounds(_ scaling: Registry.Scaling) -> Autoscaler.Bounds {
    func duration(_ nanoseconds: UInt64, _ fallback: Duration) -> Duration {
      nanoseconds == 0 ? fallback : .nanoseconds(Int64(clamping: nanoseconds))
    }
    return Autoscaler.Bounds(
      min: Int(scaling.min), max: Int(scaling.max),
      waitTarget: duration(scaling.waitTarget, waitTargetDefault),
      idle: duration(scaling.idle, idleDefault))
  }

  /// Leases' time, which never jumps.
  private var now: Duration { .milliseconds(leases.now().millisecondsSinceEpoch) }
}
