package import Base

/// Finds workers whose process hangs as a whole.
extension WorkerFleet {
  /// A worker that has lost its lease although nobody asked it to drain.
  package struct Silent: Sendable, Hashable {
    package var slot: Int
    package var workerID: String
    package var endpoint: String
  }

  /// Those whose turn it is to be looked at, which they are from now on.
  package mutating func silent(now: MonotonicInstant) -> [Silent] {
    slots.keys.sorted().compactMap { number in
      guard let slot = slots[number], !slot.isDraining, let id = slot.workerID,
        let due = slot.lease.lookAt, due <= now
      else { return nil }
      slots[number]?.lease.looked(now: now)
      return Silent(slot: number, workerID: id, endpoint: slot.lease.endpoint)
    }
  }

  /// When the next one is to be looked at.
  package var nextLook: MonotonicInstant? {
    slots.values.filter { !$0.isDraining && $0.workerID != nil }.compactMap(\.lease.lookAt).min()
  }

  /// Whether it still is the process, and without a lease, that was silent.
  package func isStillSilent(_ silent: Silent) -> Bool {
    guard let slot = slots[silent.slot] else { return false }
    return slot.workerID == silent.workerID && !slot.isDraining && slot.lease.lookAt != nil
  }
}
