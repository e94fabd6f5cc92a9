import Base
import Testing

@Suite struct MonotonicInstantTests {
  @Test(
    arguments: [
      (Duration.zero, 0), (.nanoseconds(1), 1), (.seconds(-1), -1_000_000_000),
      (.milliseconds(1_500), 1_500_000_000), (.seconds(Int64.max / 1000), Int64.max),
      (.seconds(Int64.min / 1000), Int64.min),
    ] as [(Duration, Int64)])
  func `a duration's nanoseconds stop at the ends of their range`(
    duration: Duration, nanoseconds: Int64
  ) {
    #expect(duration.wholeNanoseconds == nanoseconds)
  }

  @Test(
    arguments: [
      (5, Duration.nanoseconds(3), 8), (5, .nanoseconds(-3), 2), (5, .nanoseconds(-9), 0),
      (UInt64.max - 1, .nanoseconds(5), UInt64.max),
    ] as [(UInt64, Duration, UInt64)])
  func `an instant moves both ways and stops at the ends of time`(
    start: UInt64, by duration: Duration, end: UInt64
  ) {
    let moved = MonotonicInstant(nanoseconds: start).advanced(by: duration)
    #expect(moved == MonotonicInstant(nanoseconds: end))
  }

  @Test func `the time since a later instant is nothing`() {
    let early = MonotonicInstant(nanoseconds: 10)
    let late = MonotonicInstant(nanoseconds: 25)
    #expect(late.nanoseconds(since: early) == 15)
    #expect(early.nanoseconds(since: late) == 0)
    #expect(early < late && late < .distantFuture)
  }

  @Test func `the machine's clock never goes back`() {
    let clock = SystemMonotonicClock()
    var last = MonotonicInstant(nanoseconds: 0)
    for _ in 0..<10_000 {
      let now = clock.now
      #expect(now >= last)
      last = now
    }
    #expect(last > MonotonicInstant(nanoseconds: 0))
  }
}
