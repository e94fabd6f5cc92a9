internal import ArgumentParser

/// A length of time on the command line: a number and `s`, `m`, `h` or `d`.
struct TimeSpan: ExpressibleByArgument, Sendable, Hashable {
  private static let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
  /// A hundred years.
  private static let secondsMax: Int64 = 3_155_760_000

  var duration: Duration
  private let text: String

  init?(argument: String) {
    guard let unit = argument.last.flatMap({ Self.seconds[$0] }),
      let count = Int64(argument.dropLast()), count > 0
    else { return nil }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
    guard !overflow, seconds <= Self.secondsMax else { return nil }
    duration = .seconds(seconds)
    text = argument
  }

  var defaultValueDescription: String { text }

  static func seconds(_ count: Int) -> TimeSpan {
    TimeSpan(duration: .seconds(count), text: "\(count)s")
  }

  private init(duration: Duration, text: String) {
    self.duration = duration
    self.text = text
  }
}
