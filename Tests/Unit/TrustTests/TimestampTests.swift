import Foundation
import Testing

@testable import Trust

struct TimestampTests {
  @Test(
    "a moment is written in RFC 3339 and read back",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.001Z"),
      (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00Z"),
      (1_795_405_286_000, "2026-11-23T03:41:26Z"),
      (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
      (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
    ])
  func roundTrips(milliseconds: Int64, text: String) {
    let moment = Timestamp(millisecondsSinceEpoch: milliseconds)
    #expect(moment.description == text)
    #expect(Timestamp(text) == moment)
  }

  @Test(
    "any other spelling is refused",
    arguments: [
      "", "2026-11-23", "2026-11-23T03:41:26", "2026-11-23T03:41:26+00:00", "2026-11-23t03:41:26z",
      "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
      "2026-11-23T24:00:00Z", "2026-11-23T03:60:26Z", "2026-11-23T03:41:60Z",
      "2026-11-23T03:41:26.000Z", "2026-11-23T03:41:26.1Z", "0000-01-01T00:00:00Z",
      "2026/11/23T03:41:26Z", "２026-11-23T03:41:26Z",
    ])
  func refuses(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test("ten thousand random moments agree with Foundation's calendar")
  func agreesWithFoundation() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = LinearCongruential(state: seed)
    let style = Date.ISO8601FormatStyle()
    for _ in 0..<10_000 {
      let seconds = Int64.random(in: 0...253_402_300_799, using: &generator)
      let moment = Timestamp(millisecondsSinceEpoch: seconds * 1000)
      let expected = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(style)
      #expect(moment.description == expected, "seed \(seed)")
    }
  }

  @Test("adding and subtracting durations agree and stay within the calendar")
  func adds() {
    let moment = Fixture.now
    #expect(moment.adding(.milliseconds(1500)).since(moment) == .milliseconds(1500))
    #expect(moment.adding(.seconds(-5)) < moment)
    #expect(moment.adding(.seconds(Int64.max)).description == "9999-12-31T23:59:59.999Z")
    #expect(Timestamp(millisecondsSinceEpoch: -1).wholeSeconds.millisecondsSinceEpoch == -1000)
  }
}

/// Knuth's MMIX generator; enough to replay a failure from its seed.
struct LinearCongruential: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 33)
  }
}
