package import Base

/// A worker that the supervisor keeps running.
package struct RunningWorker: Sendable, Hashable {
  package enum Phase: Sendable, Hashable {
    /// On its way: loading, or waiting to be started again.
    case starting
    /// It holds a lease that takes calls.
    case serving(since: MonotonicInstant)
    /// It was refused for good, and no process runs.
    case parked
    /// It was asked to drain.
    case draining
  }

  /// Counts up with each worker that is added: a higher number is a newer worker.
  package var slot: Int
  package var model: String
  package var version: UInt32
  package var phase: Phase

  package init(slot: Int, model: String, version: UInt32, phase: Phase) {
    self.slot = slot
    self.model = model
    self.version = version
    self.phase = phase
  }
}
