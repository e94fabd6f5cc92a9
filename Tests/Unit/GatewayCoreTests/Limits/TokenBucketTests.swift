import Testing

@testable import GatewayCore

@Suite struct TokenBucketTests {
  /// Every admitted call's time, kept: the obvious way to say what a bucket of one second's burst is.
  ///
  /// Credit is a rational number of calls, as a numerator over 1,000,000,000.
  private struct NaiveBucket {
    let rate: Int64
    var credit: Int64
    var at: Int64

    mutating func take(_ now: Int64) -> Bool {
      // One nanosecond at a time would take for ever; a millisecond at a time gives the same sum.
      var rest = max(0, now - at)
      at = max(at, now)
      while rest > 0, credit < rate * 1_000_000_000 {
        let step = min(rest, 1_000_000)
        credit = min(rate * 1_000_000_000, credit + step * rate)
        rest -= step
      }
      guard credit >= 1_000_000_000 else { return false }
      credit -= 1_000_000_000
      return true
    }
  }

  @Test("admits what a naive bucket admits", arguments: UInt64(0)..<40)
  func equalsModel(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let rate = UInt32.random(in: 1...2_000, using: &random)
    var now = Int64.random(in: 0...1_000_000_000_000, using: &random)
    var bucket = TokenBucket(ratePerSecond: rate, nowNanoseconds: now)
    var model = NaiveBucket(rate: Int64(rate), credit: Int64(rate) * 1_000_000_000, at: now)
    for step in 0..<2_000 {
      // Mostly about the rate, sometimes a pause, sometimes a clock that runs back.
      switch Int.random(in: 0..<20, using: &random) {
      case 0: now += Int64.random(in: 0...3_000_000_000, using: &random)
      case 1: now -= Int64.random(in: 0...5_000_000, using: &random)
      default: now += Int64.random(in: 0...(2_000_000_000 / Int64(rate)), using: &random)
      }
      let wait = bucket.take(nowNanoseconds: now)
      let expected = model.take(now)
      #expect((wait == 0) == expected, "seed \(seed), step \(step), rate \(rate)")
    }
  }

  @Test(
    "the wait it names is the shortest that is long enough", arguments: [1, 3, 7, 999, 1_000_003])
  func waitIsExact(rate: UInt32) {
    var bucket = TokenBucket(ratePerSecond: rate, nowNanoseconds: 0)
    for _ in 0..<rate { #expect(bucket.take(nowNanoseconds: 0) == 0) }
    let wait = bucket.take(nowNanoseconds: 0)
    #expect(wait > 0)
    var early = bucket
    #expect(early.take(nowNanoseconds: wait - 1) > 0)
    #expect(bucket.take(nowNanoseconds: wait) == 0)
  }

  @Test("no rate overflows, however long the pause")
  func extremes() {
    var bucket = TokenBucket(ratePerSecond: .max, nowNanoseconds: .min / 2)
    #expect(bucket.take(nowNanoseconds: .max / 2) == 0)
  }
}
