/// A moment on this machine's monotonic clock, in nanoseconds. Says nothing about the time of day and
/// nothing to another machine.
public struct MonotonicInstant: Sendable, Hashable, Comparable {
  public var nanoseconds: UInt64

  public init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// Later than every real moment.
  public static let distantFuture = MonotonicInstant(nanoseconds: .max)

  public static func < (left: Self, right: Self) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Saturates at ``distantFuture``.
  public func advanced(byNanoseconds delta: UInt64) -> MonotonicInstant {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(delta)
    return overflow ? .distantFuture : MonotonicInstant(nanoseconds: sum)
  }

  /// Saturates at ``distantFuture``; a negative duration goes back, at most to zero.
  public func advanced(by duration: Duration) -> MonotonicInstant {
    let delta = duration.wholeNanoseconds
    guard delta < 0 else { return advanced(byNanoseconds: UInt64(delta)) }
    let back = delta.magnitude
    return MonotonicInstant(nanoseconds: nanoseconds > back ? nanoseconds - back : 0)
  }

  /// Nanoseconds from `earlier` to this moment; 0 if `earlier` is the later one.
  public func nanoseconds(since earlier: MonotonicInstant) -> UInt64 {
    nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
  }
}

extension Duration {
  /// Whole nanoseconds, saturating at the limits of `Int64` (292 years).
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return carry ? (seconds < 0 ? .min : .max) : sum
  }
}
