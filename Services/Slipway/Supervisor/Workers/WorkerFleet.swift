package import Base
package import Contracts

/// What the supervisor knows of workers, desired and running: a pure machine.
package struct WorkerFleet: Sendable {
  private struct Slot {
    var model: String
    var version: UInt32
    /// Of the process that runs now.
    var workerID: String?
    var servingSince: MonotonicInstant?
    var isDraining = false
    /// Why it is not started again.
    var refusal: Refusal?
  }

  private let settle: Duration
  private var desired: [String: DesiredModel] = [:]
  private var slots: [Int: Slot] = [:]
  private var slotCount = 0
  /// Models of the snapshot that is being received; nil between snapshots.
  private var snapshot: Set<String>?
  private var knowsDesired = false
  /// Ids of workers whose leases take calls, by model.
  private var serving: [String: Set<String>] = [:]

  /// - Parameter settle: how long new workers serve before old ones drain.
  package init(settle: Duration = .seconds(1)) {
    self.settle = settle
  }

  /// A watch begins: every model follows once, then the message without a name.
  package mutating func beginSnapshot() {
    snapshot = []
  }

  package mutating func take(_ state: Registry.ModelState, now: MonotonicInstant) {
    guard !state.model.isEmpty else {
      if let snapshot {
        for model in desired.keys where !snapshot.contains(model) { desired[model] = nil }
      }
      snapshot = nil
      knowsDesired = true
      return
    }
    snapshot?.insert(state.model)
    let targets = state.deployment?.targets ?? []
    let next = DesiredModel(
      model: state.model, environment: state.deployment?.environment ?? "",
      replicas: Dictionary(
        targets.map { ($0.version, Int($0.replicas)) }, uniquingKeysWith: { one, _ in one }),
      revision: state.deployment?.revision ?? 0, since: now)
    let last = desired[state.model]
    if last?.replicas != next.replicas { desired[state.model] = next }
    if last?.revision != next.revision {
      desired[state.model]?.revision = next.revision
      unpark(state.model)
    }
    serving[state.model] = Set(state.leases.filter { $0.state == "serving" }.map(\.workerID))
    for slot in slots.keys { refresh(slot, now) }
  }

  /// - Returns: the number of the worker that is to be started.
  package mutating func add(model: String, version: UInt32) -> Int {
    slotCount += 1
    slots[slotCount] = Slot(model: model, version: version)
    return slotCount
  }

  package mutating func started(_ slot: Int, workerID: String, now: MonotonicInstant) {
    slots[slot]?.workerID = workerID
    slots[slot]?.servingSince = nil
    refresh(slot, now)
  }

  package mutating func ended(_ slot: Int) {
    slots[slot]?.workerID = nil
    slots[slot]?.servingSince = nil
  }

  package mutating func drains(_ slot: Int) {
    slots[slot]?.isDraining = true
  }

  /// Keeps the place of a worker that is not started again, so that none is started for it.
  package mutating func park(_ slot: Int, _ refusal: Refusal) {
    slots[slot]?.refusal = refusal
    slots[slot]?.workerID = nil
    slots[slot]?.servingSince = nil
  }

  /// Somebody has changed the deployment: what was refused is tried once more.
  private mutating func unpark(_ model: String) {
    slots = slots.filter { $0.value.model != model || $0.value.refusal == nil }
  }

  /// Workers that were refused for good, oldest first.
  package var parked: [ParkedWorker] {
    slots.sorted { $0.key < $1.key }.compactMap { _, slot in
      slot.refusal.map {
        ParkedWorker(id: $0.label, model: slot.model, version: slot.version, reason: $0.reason)
      }
    }
  }

  /// The worker's process is gone; the place of one that is parked stays until it drains.
  package mutating func stopped(_ slot: Int) {
    if slots[slot]?.refusal == nil || slots[slot]?.isDraining == true { slots[slot] = nil }
  }

  package mutating func remove(_ slot: Int) {
    slots[slot] = nil
  }

  /// The environment in which a model is deployed.
  package func environment(of model: String) -> String {
    let environment = desired[model]?.environment ?? ""
    return environment.isEmpty ? "production" : environment
  }

  /// Nothing before the first whole snapshot.
  package func plan(now: MonotonicInstant) -> Reconciliation {
    guard knowsDesired else { return Reconciliation() }
    return reconcile(
      desired: Array(desired.values), running: running, now: now, settle: settle)
  }

  package var running: [RunningWorker] {
    slots.map { number, slot in
      let phase: RunningWorker.Phase =
        slot.isDraining
        ? .draining
        : slot.refusal != nil
          ? .parked : slot.servingSince.map { .serving(since: $0) } ?? .starting
      return RunningWorker(
        slot: number, model: slot.model, version: slot.version, phase: phase)
    }.sorted { $0.slot < $1.slot }
  }

  private mutating func refresh(_ number: Int, _ now: MonotonicInstant) {
    guard var slot = slots[number] else { return }
    let isServing = slot.workerID.map { serving[slot.model]?.contains($0) == true } ?? false
    slot.servingSince = isServing ? slot.servingSince ?? now : nil
    slots[number] = slot
  }
}
