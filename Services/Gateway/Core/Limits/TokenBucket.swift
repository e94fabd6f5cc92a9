/// Admits at most so many calls a second, with bursts of up to one second's worth.
///
/// A pure machine: time is passed in. The arithmetic is exact, so that no rate drifts: one call is
/// 1,000,000,000 units of credit, and each nanosecond earns `ratePerSecond` of them.
package struct TokenBucket: Sendable, Hashable {
  package let ratePerSecond: UInt32
  private var credit: UInt64
  private var refilledAtNanoseconds: Int64

  private static let unitsPerCall: UInt64 = 1_000_000_000

  /// A full bucket.
  ///
  /// - Parameters:
  ///   - ratePerSecond: calls a second; at least 1.
  ///   - nowNanoseconds: monotonic time.
  package init(ratePerSecond: UInt32, nowNanoseconds: Int64) {
    precondition(ratePerSecond > 0, "a bucket without a rate admits nothing")
    self.ratePerSecond = ratePerSecond
    credit = UInt64(ratePerSecond) * Self.unitsPerCall
    refilledAtNanoseconds = nowNanoseconds
  }

  /// Takes one call out of the bucket.
  ///
  /// Time that runs backwards earns nothing.
  ///
  /// - Returns: 0 if the call is admitted, else the nanoseconds after which one call is.
  package mutating func take(nowNanoseconds: Int64) -> Int64 {
    refill(nowNanoseconds: nowNanoseconds)
    if credit >= Self.unitsPerCall {
      credit -= Self.unitsPerCall
      return 0
    }
    let missing = Self.unitsPerCall - credit
    let rate = UInt64(ratePerSecond)
    return Int64((missing + rate - 1) / rate)
  }

  private mutating func refill(nowNanoseconds: Int64) {
    guard nowNanoseconds > refilledAtNanoseconds else { return }
    let elapsed = UInt64(nowNanoseconds - refilledAtNanoseconds)
    refilledAtNanoseconds = nowNanoseconds
    let full = UInt64(ratePerSecond) * Self.unitsPerCall
    // A second fills an empty bucket, so longer pauses earn no more; this also rules overflow out.
    guard elapsed < 1_000_000_000 else {
      credit = full
      return
    }
    credit = min(full, credit + elapsed * UInt64(ratePerSecond))
  }
}
