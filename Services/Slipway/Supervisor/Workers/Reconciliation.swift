package import Base

/// What to do now, and when to look again if nothing happens before.
package struct Reconciliation: Sendable, Hashable {
  package var actions: [WorkerAction] = []
  /// Nil if only a change of the world can bring new actions.
  package var lookAgainAt: MonotonicInstant?
}

/// Compares what should run with what runs.
///
/// Workers that are missing are started at once; one that is parked or waits for room is not missing. Of
/// too many workers of one version, those without a process go first, then those that don't serve yet, then the newest. A version that is no longer desired is drained only when every
/// desired worker of its model has served for `settle`, time enough for gateways to have moved, so that
/// a change of versions never leaves a moment without a worker.
///
/// - Parameters:
///   - desired: each model once; a model that is not here shall have no workers.
package func reconcile(
  desired: [DesiredModel], running: [RunningWorker], now: MonotonicInstant, settle: Duration
) -> Reconciliation {
  var result = Reconciliation()
  let active = running.filter { $0.phase != .draining && !$0.isQuarantine }
  let models = Set(active.map(\.model)).union(desired.map(\.model)).sorted()
  for model in models {
    let wanted = desired.first { $0.model == model }
    let workers = active.filter { $0.model == model }
    for (version, replicas) in (wanted?.replicas ?? [:]).sorted(by: { $0.key < $1.key }) {
      let own = workers.filter { $0.version == version }
      for _ in own.count..<max(own.count, replicas) {
        result.actions.append(.start(model: model, version: version))
      }
      let surplus = own.sorted(by: drainsBefore).prefix(max(0, own.count - replicas))
      result.actions += surplus.map { .drain(slot: $0.slot) }
    }
    let leaving = workers.filter { wanted?.replicas[$0.version] == nil }
    guard !leaving.isEmpty else { continue }
    let isSettled = settledAt(wanted, workers, settle)
    guard let settledAt = isSettled else { continue }
    if settledAt <= now {
      result.actions += leaving.sorted(by: drainsBefore).map { .drain(slot: $0.slot) }
    } else {
      result.lookAgainAt = min(result.lookAgainAt ?? .distantFuture, settledAt)
    }
  }
  result.actions += quarantineActions(desired, running.filter(\.isQuarantine))
  return result
}

/// One worker for each version that wants one for calls with which workers died.
private func quarantineActions(
  _ desired: [DesiredModel], _ running: [RunningWorker]
) -> [WorkerAction] {
  let active = running.filter { $0.phase != .draining }
  let starts = desired.sorted { $0.model < $1.model }.flatMap { model in
    model.quarantines.sorted().filter { version in
      !active.contains { $0.model == model.model && $0.version == version }
    }.map { WorkerAction.startQuarantine(model: model.model, version: $0) }
  }
  let drains = active.filter { worker in
    !desired.contains { $0.model == worker.model && $0.quarantines.contains(worker.version) }
  }.map { WorkerAction.drain(slot: $0.slot) }
  return starts + drains
}

private func drainsBefore(_ left: RunningWorker, _ right: RunningWorker) -> Bool {
  let (leftRank, rightRank) = (drainRank(left.phase), drainRank(right.phase))
  return leftRank == rightRank ? left.slot > right.slot : leftRank < rightRank
}

private func drainRank(_ phase: RunningWorker.Phase) -> Int {
  switch phase {
  case .parked, .waiting: 0
  case .starting: 1
  case .serving, .draining: 2
  }
}

/// From when on the desired workers are enough by themselves; nil while one does not serve.
private func settledAt(
  _ wanted: DesiredModel?, _ workers: [RunningWorker], _ settle: Duration
) -> MonotonicInstant? {
  guard let wanted else { return MonotonicInstant(nanoseconds: 0) }
  var latest = wanted.since
  for (version, replicas) in wanted.replicas {
    let servingSince = workers.filter { $0.version == version }.compactMap { worker in
      if case .serving(let since) = worker.phase { since } else { nil }
    }.sorted()
    guard servingSince.count >= replicas else { return nil }
    latest = max(latest, servingSince[replicas - 1])
  }
  return latest.advanced(by: settle)
}
