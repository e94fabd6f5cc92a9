package import Base

/// When the parts of a run were done.
package struct RunTimes: Sendable, Hashable {
  package var startedAt: MonotonicInstant
  /// The calls' inputs are one batch.
  package var joinedAt: MonotonicInstant
  package var computedAt: MonotonicInstant
  /// The outputs are the calls' own again.
  package var endedAt: MonotonicInstant
}
