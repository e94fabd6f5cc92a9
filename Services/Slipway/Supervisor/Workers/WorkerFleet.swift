package import Base
package import Contracts

/// What the supervisor knows of workers, desired and running: a pure machine.
package struct WorkerFleet: Sendable {
  struct Slot {
    var model: String
    var version: UInt32
    /// It is there for calls with which workers died.
    var isQuarantine = false
    /// It was not started yet.
    var isNew = true
    /// What it waits for before it is started.
    var lack: String?
    /// Of the process that runs now.
    var workerID: String?
    var servingSince: MonotonicInstant?
    var lease = LeaseWatch()
    var failures = StartFailures()
    var isDraining = false
    /// Why it is not started again.
    var refusal: Refusal?
  }

  /// What the registry's leases say of one worker.
  struct Holder {
    var isServing: Bool
    var endpoint: String
    var memoryBytes: UInt64
  }

  private let settle: Duration
  var desired: [String: DesiredModel] = [:]
  var slots: [Int: Slot] = [:]
  private var slotCount = 0
  /// Models of the snapshot that is being received; nil between snapshots.
  private var snapshot: Set<String>?
  private var knowsDesired = false
  /// Workers that hold a lease, by model and id.
  var holders: [String: [String: Holder]] = [:]

  /// What changes of versions took of memory.
  package private(set) var swaps = SwapWatch()

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
    let last = desired[state.model]
    var next = DesiredModel(state, since: now)
    if last?.replicas == next.replicas, let last { next.since = last.since }
    desired[state.model] = next
    if last?.revision != next.revision { unpark(state.model) }
    holders[state.model] = Dictionary(
      state.leases.map { lease in
        let holder = Holder(
          isServing: lease.state == "serving", endpoint: lease.endpoint,
          memoryBytes: lease.memoryBytes)
        return (lease.workerID, holder)
      }, uniquingKeysWith: { one, _ in one })
    for slot in slots.keys { refresh(slot, now) }
    followSwap(of: state.model)
  }

  private mutating func followSwap(of model: String) {
    let running = slots.values.filter {
      $0.model == model && $0.workerID != nil && !$0.isQuarantine
    }
    swaps.see(
      model, desired: Set((desired[model]?.replicas ?? [:]).keys),
      workers: running.map { slot in
        let bytes = slot.workerID.flatMap { holders[model]?[$0]?.memoryBytes } ?? 0
        return SwapWatch.Worker(version: slot.version, bytes: bytes > 0 ? bytes : nil)
      })
  }

  /// - Returns: the number of the worker that is to be started, once ``admit(_:)`` says so.
  package mutating func add(
    model: String, version: UInt32, isQuarantine: Bool = false
  ) -> Int {
    slotCount += 1
    slots[slotCount] = Slot(model: model, version: version, isQuarantine: isQuarantine)
    return slotCount
  }

  package mutating func started(_ slot: Int, workerID: String, now: MonotonicInstant) {
    slots[slot]?.isNew = false
    slots[slot]?.lack = nil
    slots[slot]?.workerID = workerID
    slots[slot]?.servingSince = nil
    slots[slot]?.lease = LeaseWatch()
    refresh(slot, now)
  }

  /// A worker's process has ended; it is started again unless this says why not.
  package mutating func ended(_ number: Int, _ ending: ChildEnding) -> Refusal? {
    guard var slot = slots[number] else { return nil }
    defer { slots[number] = slot }
    let hasServed = slot.lease.wasHeld
    slot.workerID = nil
    slot.servingSince = nil
    slot.lease = LeaseWatch()
    guard !hasServed, !slot.isDraining else {
      slot.failures.served()
      return nil
    }
    return slot.failures.ended(ending)
  }

  package mutating func drains(_ slot: Int) {
    slots[slot]?.isDraining = true
  }

  /// Keeps the place of a worker that is not started again, so that none is started for it.
  package mutating func park(_ slot: Int, _ refusal: Refusal) {
    slots[slot]?.refusal = refusal
    slots[slot]?.isNew = false
    slots[slot]?.workerID = nil
    slots[slot]?.servingSince = nil
  }

  /// Somebody has changed the deployment: what was refused is tried once more.
  private mutating func unpark(_ model: String) {
    slots = slots.filter { $0.value.model != model || $0.value.refusal == nil }
  }

  /// Workers that should run and do not, oldest first.
  package var absent: [AbsentWorker] {
    slots.sorted { $0.key < $1.key }.compactMap { number, slot in
      guard !slot.isDraining else { return nil }
      func absent(_ id: String, _ state: AbsentWorker.State, _ reason: String) -> AbsentWorker {
        AbsentWorker(
          id: id, model: slot.model, version: slot.version, state: state, reason: reason,
          revision: desired[slot.model]?.revision ?? 0)
      }
      if let refusal = slot.refusal { return absent(refusal.label, .parked, refusal.reason) }
      if let lack = slot.lack {
        return absent("\(slot.model)-v\(slot.version)", .waiting, lack)
      }
      guard let complaint = slot.failures.complaint, slot.servingSince == nil else { return nil }
      return absent(complaint.label, .failing, complaint.reason)
    }
  }

  /// The worker's process is gone; the place of one that is parked stays until it drains.
  package mutating func stopped(_ number: Int) {
    guard let slot = slots[number] else { return }
    if slot.refusal == nil || slot.isDraining { slots[number] = nil }
    followSwap(of: slot.model)
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
      RunningWorker(
        slot: number, model: slot.model, version: slot.version, phase: slot.phase,
        isQuarantine: slot.isQuarantine)
    }.sorted { $0.slot < $1.slot }
  }

  private mutating func refresh(_ number: Int, _ now: MonotonicInstant) {
    guard var slot = slots[number] else { return }
    let holder = slot.workerID.flatMap { holders[slot.model]?[$0] }
    slot.servingSince = holder?.isServing == true ? slot.servingSince ?? now : nil
    slot.lease.see(endpoint: holder?.endpoint, hasProcess: slot.workerID != nil, now: now)
    if slot.servingSince != nil { slot.failures.served() }
    slots[number] = slot
  }
}

extension WorkerFleet.Slot {
  var phase: RunningWorker.Phase {
    if isDraining { return .draining }
    if refusal != nil { return .parked }
    if lack != nil { return .waiting }
    return servingSince.map { .serving(since: $0) } ?? .starting
  }
}

extension DesiredModel {
  /// As the registry tells it.
  fileprivate init(_ state: Registry.ModelState, since: MonotonicInstant) {
    let targets = state.deployment?.targets ?? []
    self.init(
      model: state.model, environment: state.deployment?.environment ?? "",
      replicas: Dictionary(
        targets.map { ($0.version, Int($0.replicas)) }, uniquingKeysWith: { one, _ in one }),
      scaled: Set(targets.lazy.filter { $0.scaling != nil }.map(\.version)),
      quarantines: Set(state.quarantines),
      memoryBytes: Dictionary(
        state.memory.map { ($0.version, $0.bytes) }, uniquingKeysWith: { one, _ in one }),
      revision: state.deployment?.revision ?? 0, since: since)
  }
}
