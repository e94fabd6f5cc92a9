package import Base

/// When a child that ended is started again: a pure machine that is told the time and the dice.
///
/// The wait doubles with each end in a row up to a ceiling, and a share of it is left to chance so that
/// children that fell together do not rise together. A child is never given up; one that ends too
/// often within a window is called parked, so that a person looks.
package struct RestartPolicy: Sendable {
  package struct Limits: Sendable, Hashable {
    /// Wait after the first end.
    package var waitMin = Duration.milliseconds(100)
    package var waitMax = Duration.seconds(30)
    /// A child that lived this long starts again with the shortest wait.
    package var steadyAfter = Duration.seconds(60)
    /// Ends within `window` from which on a child is called parked.
    package var endsToPark = 5
    package var window = Duration.seconds(120)

    package init() {}
  }

  package struct Decision: Sendable, Hashable {
    package var wait: Duration
    package var isParked: Bool
  }

  private let limits: Limits
  private var startedAt: MonotonicInstant?
  private var endsInARow = 0
  private var ends: [MonotonicInstant] = []

  package init(limits: Limits = Limits()) {
    self.limits = limits
  }

  package mutating func started(at now: MonotonicInstant) {
    startedAt = now
  }

  /// - Parameters:
  ///   - isClean: the child drained and ended with status 0, which is no crash.
  ///   - chance: 0 to 1; the wait is between half and the whole of its step.
  package mutating func ended(
    at now: MonotonicInstant, isClean: Bool, chance: Double
  ) -> Decision {
    let lifetime = startedAt.map { Duration.nanoseconds(now.nanoseconds(since: $0)) } ?? .zero
    startedAt = nil
    if lifetime >= limits.steadyAfter { endsInARow = 0 }
    let step = min(limits.waitMax, limits.waitMin * (1 << min(endsInARow, 20)))
    let share = 0.5 + 0.5 * min(max(chance, 0), 1)
    endsInARow += 1
    if !isClean { ends.append(now) }
    let windowStart = now.advanced(by: .zero - limits.window)
    ends.removeAll { $0 < windowStart }
    return Decision(wait: step * share, isParked: ends.count >= limits.endsToPark)
  }
}
