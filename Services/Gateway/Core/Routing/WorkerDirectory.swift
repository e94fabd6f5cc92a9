/// Gives each worker a slot for as long as it has a lease or calls are out to it.
///
/// A pure machine, apart from reading the loads; used by the one writer of routes.
struct WorkerDirectory: Sendable {
  private var slots: [Identity: WorkerSlot] = [:]
  private var leaving: [WorkerSlot] = []
  /// Last in, first out, so that the indices in use stay dense.
  private var freeIndices = Array((0..<WorkerLoads.workersMax).reversed())
  private var generations = [UInt32](repeating: 0, count: WorkerLoads.workersMax)

  /// A worker that comes back at another endpoint is another worker.
  struct Identity: Sendable, Hashable {
    var workerID: String
    var endpoint: String

    init(_ worker: ObservedWorker) {
      workerID = worker.id
      endpoint = worker.endpoint
    }
  }

  /// The worker's slot, a new one if need be; `nil` if all are taken.
  mutating func slot(for worker: Identity, loads: WorkerLoads) -> WorkerSlot? {
    if let slot = slots[worker] { return slot }
    if freeIndices.isEmpty { reclaim(loads: loads) }
    guard let index = freeIndices.popLast() else { return nil }
    generations[index] &+= 1
    let slot = WorkerSlot(index: index, generation: generations[index])
    loads.restore(slot)
    slots[worker] = slot
    return slot
  }

  /// Notes that a worker has no lease any more; its slot is free once no call is out to it.
  ///
  /// - Returns: the slot that it had.
  mutating func remove(_ worker: Identity, loads: WorkerLoads) -> WorkerSlot? {
    guard let slot = slots.removeValue(forKey: worker) else { return nil }
    leaving.append(slot)
    return slot
  }

  private mutating func reclaim(loads: WorkerLoads) {
    leaving.removeAll { slot in
      guard loads.outstanding(slot) == 0 else { return false }
      freeIndices.append(slot.index)
      return true
    }
  }
}
