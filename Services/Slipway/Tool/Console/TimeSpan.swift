internal import ArgumentParser

/// A length of time on the command line: a number and `s`, `m`, `h` or `d`.
struct TimeSpan: Sendable, Hashable {
  private static let units: [(letter: Character, seconds: Int64)] = [
    ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
  ]
  /// A hundred years.
  private static let secondsMax: Int64 = 3_155_760_000

  var duration: Duration
  /// As it is typed.
  let text: String

  /// - Throws: `ValidationError` that says how a length of time is written.
  static func parse(_ argument: String) throws -> TimeSpan {
    guard let unit = units.first(where: { $0.letter == argument.last }),
      let count = Int64(argument.dropLast()), count > 0,
      case let (seconds, overflow) = count.multipliedReportingOverflow(by: unit.seconds),
      !overflow, seconds <= secondsMax
    else {
      throw ValidationError(
        "expected a whole number from 1 on with `s`, `m`, `h` or `d`, such as 90s or 7d, and at most a hundred years"
      )
    }
    return TimeSpan(duration: .seconds(seconds), text: argument)
  }

  /// Written in the largest unit that divides it.
  static func seconds(_ count: Int) -> TimeSpan {
    let unit = units.first { Int64(count) % $0.seconds == 0 } ?? ("s", 1)
    return TimeSpan(
      duration: .seconds(count), text: "\(Int64(count) / unit.seconds)\(unit.letter)")
  }

  private init(duration: Duration, text: String) {
    self.duration = duration
    self.text = text
  }
}
