package import Base

/// When to dial next: a pure machine that is told the time and the dice.
///
/// Full jitter (Brooker, "Exponential backoff and jitter", 2015): each wait is anywhere between nothing and a
/// ceiling that doubles with each failure. Those who lost the same server together come back spread over
/// all of that time, also when the first of them find it there again.
package struct ReconnectBackoff: Sendable, Hashable {
  package static let first = Duration.milliseconds(50)
  package static let longest = Duration.seconds(2)
  /// A connection that was lost sooner counts as a failed attempt: a server that takes connections and
  /// dies of them is not to be stormed.
  package static let steadyAfter = Duration.seconds(1)

  private var ceiling = first
  private var notBefore = MonotonicInstant(nanoseconds: 0)
  private var readyAt = MonotonicInstant(nanoseconds: 0)

  package init() {}

  package func wait(at now: MonotonicInstant) -> Duration {
    .nanoseconds(Int64(clamping: notBefore.nanoseconds(since: now)))
  }

  package mutating func failed(
    at now: MonotonicInstant, using random: inout some RandomNumberGenerator
  ) {
    notBefore = now.advanced(by: ceiling * Double.random(in: 0...1, using: &random))
    ceiling = min(ceiling * 2, Self.longest)
  }

  package mutating func succeeded(at now: MonotonicInstant) {
    readyAt = now
  }

  /// The connection that was made takes no further calls.
  package mutating func lost(
    at now: MonotonicInstant, using random: inout some RandomNumberGenerator
  ) {
    if readyAt.advanced(by: Self.steadyAfter) <= now { ceiling = Self.first }
    failed(at: now, using: &random)
  }
}
