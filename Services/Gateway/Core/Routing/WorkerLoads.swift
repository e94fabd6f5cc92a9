import Synchronization

/// What this gateway sees of each worker, by slot: calls that are out, and whether it failed of late.
///
/// Shared by all event loops; every operation is one relaxed atomic access on flat memory, because the
/// numbers only steer a choice and order nothing else.
package final class WorkerLoads: Sendable {
  /// Workers that one gateway routes to.
  package static let workersMax = 1_024

  private let outstanding: InlineArray<1_024, Atomic<Int32>>
  /// Monotonic nanoseconds; 0 for a worker in good standing.
  private let suspendedUntil: InlineArray<1_024, Atomic<Int64>>

  package init() {
    outstanding = InlineArray { _ in Atomic(0) }
    suspendedUntil = InlineArray { _ in Atomic(0) }
  }

  /// Notes that a call goes out. Each needs one ``end(_:)``.
  package func begin(_ slot: WorkerSlot) {
    outstanding[slot.index].wrappingAdd(1, ordering: .relaxed)
  }

  /// Notes that a call has ended, however it did.
  package func end(_ slot: WorkerSlot) {
    outstanding[slot.index].wrappingSubtract(1, ordering: .relaxed)
  }

  /// Calls that are out.
  package func outstanding(_ slot: WorkerSlot) -> Int32 {
    outstanding[slot.index].load(ordering: .relaxed)
  }

  /// Calls that are out to all workers.
  package var outstandingCount: Int {
    outstanding.indices.reduce(0) { $0 + Int(outstanding[$1].load(ordering: .relaxed)) }
  }

  /// Keeps new calls away from a worker whose connection failed, while there is another one.
  ///
  /// - Parameter untilNanoseconds: monotonic time.
  package func suspend(_ slot: WorkerSlot, untilNanoseconds: Int64) {
    suspendedUntil[slot.index].store(untilNanoseconds, ordering: .relaxed)
  }

  /// Ends a suspension early, because the worker answered.
  package func restore(_ slot: WorkerSlot) {
    suspendedUntil[slot.index].store(0, ordering: .relaxed)
  }

  /// - Parameter nowNanoseconds: monotonic time.
  package func isSuspended(_ slot: WorkerSlot, nowNanoseconds: Int64) -> Bool {
    suspendedUntil[slot.index].load(ordering: .relaxed) > nowNanoseconds
  }
}
