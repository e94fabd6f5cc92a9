/// Where machines get the time from, so that tests can hand them another one.
public protocol MonotonicClock: Sendable {
  var now: MonotonicInstant { get }
}

/// The machine's own clock. Does not advance while the machine sleeps.
public struct SystemMonotonicClock: MonotonicClock {
  private static let origin = SuspendingClock.now

  public init() {}

  public var now: MonotonicInstant {
    let elapsed = Self.origin.duration(to: SuspendingClock.now)
    // Starting at one second keeps every real moment apart from zero.
    return MonotonicInstant(nanoseconds: 1_000_000_000 + UInt64(max(0, elapsed.wholeNanoseconds)))
  }
}
