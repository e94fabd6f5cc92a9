import Synchronization

/// Counts refused sign-ins by source and minute, in bounded memory.
///
/// However many strangers knock, the log hears of at most ``sourcesPerMinuteMax`` sources a minute; the
/// others are counted together.
package final class RefusalCounter: Sendable {
  package static let sourcesPerMinuteMax = 32
  /// Minutes that wait for the log, as when its disk is full; older ones are counted together.
  package static let minutesMax = 60
  /// Stands for all sources beyond the limit; no address looks like it.
  package static let otherSources = "other sources"
  private static let sourceBytesMax = 64
  private static let nanosecondsPerMinute: Int64 = 60_000_000_000

  /// Refusals by source, by minutes since 1970.
  private let minutes = Mutex<[Int64: [String: UInt64]]>([:])

  /// What is told to the log.
  package struct Report: Sendable, Hashable {
    package let source: String
    /// Minutes since 1970.
    package let minute: Int64
    package let refusals: UInt64
  }

  package init() {}

  /// Notes one refusal.
  ///
  /// - Parameters:
  ///   - source: the peer's address without its port.
  ///   - nowNanoseconds: wall time, since 1970.
  package func add(source: String, nowNanoseconds: Int64) {
    let source = source.utf8.count <= Self.sourceBytesMax ? source : Self.otherSources
    let minute = nowNanoseconds / Self.nanosecondsPerMinute
    minutes.withLock { Self.add(1, source: source, minute: minute, to: &$0) }
  }

  /// Takes what was counted in minutes that are over; oldest first.
  func takeFinished(nowNanoseconds: Int64) -> [Report] {
    let current = nowNanoseconds / Self.nanosecondsPerMinute
    return take { $0 < current }
  }

  /// Takes everything; for the end of the process.
  func takeAll() -> [Report] { take { _ in true } }

  /// Gives back what could not be reported.
  func giveBack(_ reports: [Report]) {
    minutes.withLock { minutes in
      for report in reports {
        Self.add(report.refusals, source: report.source, minute: report.minute, to: &minutes)
      }
    }
  }

  private func take(_ isWanted: (Int64) -> Bool) -> [Report] {
    minutes.withLock { minutes in
      let wanted = minutes.keys.filter(isWanted).sorted()
      return wanted.flatMap { minute in
        (minutes.removeValue(forKey: minute) ?? [:]).sorted { $0.key < $1.key }.map {
          Report(source: $0.key, minute: minute, refusals: $0.value)
        }
      }
    }
  }

  private static func add(
    _ refusals: UInt64, source: String, minute: Int64, to minutes: inout [Int64: [String: UInt64]]
  ) {
    var minute = minute
    if minutes[minute] == nil, minutes.count >= minutesMax {
      // The clock may also run backwards: then there is an older minute to count with, or this is it.
      minute = minutes.keys.min() ?? minute
    }
    let isFull = minutes[minute].map { sources in
      sources[source] == nil && sources.count >= sourcesPerMinuteMax
    }
    minutes[minute, default: [:]][isFull == true ? otherSources : source, default: 0] &+= refusals
  }
}
