package import Base

/// A worker that the supervisor keeps running.
package struct RunningWorker: Sendable, Hashable {
  package enum Phase: Sendable, Hashable {
    /// It has no process: there is no room for one yet.
    case waiting
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
  /// It is there for calls with which workers died.
  package var isQuarantine: Bool

  package init(
    slot: Int, model: String, version: UInt32, phase: Phase, isQuarantine: Bool = false
  ) {
    self.slot = slot
    self.model = model
    self.version = version
    self.phase = phase
    self.isQuarantine = isQuarantine
  }
}
