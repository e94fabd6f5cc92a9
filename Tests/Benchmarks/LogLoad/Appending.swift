import AuditLog
import ContentGovernorCore

/// Callers that append one entry each, and the next once it is acknowledged.
enum Appending {
  static func run(_ log: LogKeeper, callers: Int, seconds: Int) async throws {
    let seed = Int.random(in: 0..<(1 << 31))
    let start = ContinuousClock.now
    let warm = start.advanced(by: .milliseconds(500))
    let end = warm.advanced(by: .seconds(seconds))
    let waits = try await withThrowingTaskGroup(of: [Duration].self) { group in
      for caller in 0..<callers {
        group.addTask {
          var waits: [Duration] = []
          var number = caller
          while true {
            let entry = try LoadEntry.make(number, seed: seed)
            let begun = ContinuousClock.now
            if begun >= end { return waits }
            _ = try await log.append([entry])
            if begun >= warm { waits.append(begun.duration(to: .now)) }
            number += callers
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }.sorted()
    }
    guard !waits.isEmpty else { throw LogLoad.Failure("nothing was appended") }
    func microseconds(_ share: Double) -> Double {
      waits[Int(Double(waits.count - 1) * share)] / .microseconds(1)
    }
    LogLoad.say([
      "callers": Double(callers), "entries_per_second": Double(waits.count) / Double(seconds),
      "p50_us": microseconds(0.5), "p99_us": microseconds(0.99),
    ])
  }
}

/// Makes a big log quickly.
enum Filling {
  static func run(_ log: LogKeeper, count: Int) async throws {
    let start = ContinuousClock.now
    // Several at once, so that the next ones are sealed while these are written.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<4 {
        group.addTask {
          for first in stride(from: caller * 2048, to: count, by: 4 * 2048) {
            let entries = try (first..<min(count, first + 2048)).map {
              try LoadEntry.make($0, seed: 1)
            }
            _ = try await log.append(entries)
          }
        }
      }
      try await group.waitForAll()
    }
    LogLoad.say([
      "entries": Double(log.size),
      "entries_per_second": Double(count) / (start.duration(to: .now) / .seconds(1)),
    ])
  }
}

/// Proves entries at random places, each checked against the checkpoint.
enum Proving {
  static func run(_ log: LogKeeper, count: Int) async throws {
    var times: [Duration] = []
    for _ in 0..<count {
      let place = Int.random(in: 0..<log.size)
      let begun = ContinuousClock.now
      let (proof, leaf) = try await log.proveInclusion(of: place)
      times.append(begun.duration(to: .now))
      _ = try proof.verify(entry: leaf, key: log.key)
    }
    times.sort()
    LogLoad.say([
      "entries": Double(log.size), "p50_us": times[count / 2] / .microseconds(1),
      "p99_us": times[count * 99 / 100] / .microseconds(1),
    ])
  }
}
