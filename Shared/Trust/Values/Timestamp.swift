import Foundation

/// A moment in UTC with millisecond resolution, in the years 0001 to 9999.
///
/// Written as RFC 3339 in one spelling only, so that signed bytes are the same everywhere:
/// `2026-11-23T03:41:26Z`, with `.123` before the `Z` only when the milliseconds are not zero.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
  package let millisecondsSinceEpoch: Int64

  private static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
  private static let millisecondsPerDay: Int64 = 86_400_000

  /// A moment; values outside the years 0001 to 9999 are clamped.
  package init(millisecondsSinceEpoch: Int64) {
    self.millisecondsSinceEpoch = min(
      max(millisecondsSinceEpoch, Self.range.lowerBound), Self.range.upperBound)
  }

  /// Reads the one spelling that `description` writes; anything else is nil.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 || bytes.count == 24 else { return nil }
    func number(_ from: Int, _ count: Int) -> Int64? {
      var value: Int64 = 0
      for byte in bytes[from..<from + count] {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      return value
    }
    guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
      let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
      let millisecond = bytes.count == 24 ? number(20, 3) : 0,
      year >= 1, (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let days = Self.daysSinceEpoch(year: year, month: month, day: day)
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    self.init(millisecondsSinceEpoch: seconds * 1000 + millisecond)
    // One spelling only: whatever was out of range or punctuated otherwise does not come back.
    guard description == text else { return nil }
  }

  /// The system's clock.
  package static func now() -> Timestamp {
    Timestamp(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000))
  }

  /// The same moment without its milliseconds.
  package var wholeSeconds: Timestamp {
    let remainder = ((millisecondsSinceEpoch % 1000) + 1000) % 1000
    return Timestamp(millisecondsSinceEpoch: millisecondsSinceEpoch - remainder)
  }

  package func adding(_ duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    let limit = Self.range.upperBound / 500
    let milliseconds = min(max(seconds, -limit), limit) * 1000 + attoseconds / 1_000_000_000_000_000
    return Timestamp(millisecondsSinceEpoch: millisecondsSinceEpoch + milliseconds)
  }

  /// How long after `earlier` this is; negative when before.
  package func since(_ earlier: Timestamp) -> Duration {
    .milliseconds(millisecondsSinceEpoch - earlier.millisecondsSinceEpoch)
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
  }

  package var description: String {
    var days = millisecondsSinceEpoch / Self.millisecondsPerDay
    var rest = millisecondsSinceEpoch % Self.millisecondsPerDay
    if rest < 0 {
      rest += Self.millisecondsPerDay
      days -= 1
    }
    let (year, month, day) = Self.date(daysSinceEpoch: days)
    let date = "\(Self.pad(year, 4))-\(Self.pad(month, 2))-\(Self.pad(day, 2))"
    let seconds = rest / 1000
    let time =
      "\(Self.pad(seconds / 3600, 2)):\(Self.pad(seconds / 60 % 60, 2)):\(Self.pad(seconds % 60, 2))"
    let fraction = rest % 1000 == 0 ? "" : ".\(Self.pad(rest % 1000, 3))"
    return "\(date)T\(time)\(fraction)Z"
  }

  private static func pad(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, *chrono-compatible
  /// low-level date algorithms*, `days_from_civil`).
  private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The inverse of `daysSinceEpoch` (`civil_from_days`).
  private static func date(daysSinceEpoch days: Int64) -> (Int64, Int64, Int64) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, day)
  }
}
