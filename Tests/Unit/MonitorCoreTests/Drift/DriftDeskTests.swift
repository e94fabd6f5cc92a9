import Contracts
import MonitorStatistics
import Testing

@testable import MonitorCore

struct DriftDeskTests {
  private static let count = 600

  /// Inputs of three numbers, the second of which is moved by `shift`.
  static func rows(
    _ count: Int = DriftDeskTests.count, seed: UInt64, shift: Double = 0, sample: Double = 0
  ) -> [(x: [Double], probabilities: [Double])] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in
      let x = [random.unit(), random.unit() + shift, random.unit() * 10]
      let score = min(max(x[0] * 0.5 + x[1] * 0.4, 0), 1)
      return (
        x: random.unit() < sample ? [.nan, x[1], x[2]] : x, probabilities: [1 - score, score]
      )
    }
  }

  private func house(
    then rows: [(x: [Double], probabilities: [Double])], limits: MonitorLimits = MonitorLimits(),
    baseline: Int = DriftDeskTests.count
  ) async throws -> MonitorHouse {
    let house = try await MonitorHouse(limits: limits)
    _ = try await house.keep(Self.rows(baseline, seed: 1), prefix: "before")
    _ = try await house.service.baselines.take(
      .init(window: MonitorHouse.window(), reason: "first"), by: MonitorHouse.ada)
    _ = try await house.keep(
      rows, prefix: "now", at: MonitorHouse.start + MonitorHouse.day)
    return house
  }

  private let later = MonitorHouse.window(since: MonitorHouse.start + MonitorHouse.day)

  @Test func `drifted inputs are found, the worst first, and the cause is named`() async throws {
    let house = try await house(then: Self.rows(seed: 2, shift: 0.6))
    let report = try await house.service.drifts.report(.init(window: later))
    let worst = try #require(report.columns.first)
    #expect(worst.name == "x[1]")
    #expect(worst.verdict == "drifted")
    #expect(worst.outOfRange > 0.4)
    #expect(worst.kolmogorovSmirnov > 0.5)
    #expect(report.cause.contains("input `x[1]` has changed most"))
    #expect(report.cause.contains("the median went up from 0."))
    #expect(report.cause.contains("the answers with it"))
    let steady = report.columns.filter { ["x[0]", "x[2]"].contains($0.name) }
    #expect(steady.map(\.verdict) == ["steady", "steady"])
    #expect(report.rows == UInt64(Self.count))
    #expect(report.exact)
  }

  @Test(arguments: 1...10)
  func `the same world is steady`(seed: Int) async throws {
    let house = try await house(then: Self.rows(seed: UInt64(100 + seed)))
    let report = try await house.service.drifts.report(.init(window: later))
    #expect(report.columns.allSatisfy { $0.verdict == "steady" }, "seed \(seed): \(report.cause)")
    #expect(report.cause == "nothing has drifted")
  }

  @Test func `missing values are drift`() async throws {
    let house = try await house(then: Self.rows(seed: 3, sample: 0.3))
    let report = try await house.service.drifts.report(.init(window: later))
    let column = try #require(report.columns.first { $0.name == "x[0]" })
    #expect(column.verdict == "drifted")
    #expect(column.words.contains("missing in"))
    #expect(abs(column.missingNow - 0.3) < 0.08)
  }

  @Test func `above the row limit a sketch takes the values' place and sees the same`() async throws
  {
    var limits = MonitorLimits()
    limits.exactRowsMax = 200
    let house = try await house(then: Self.rows(5000, seed: 4, shift: 0.6), limits: limits)
    let report = try await house.service.drifts.report(.init(window: later))
    #expect(!report.exact)
    #expect(report.columns.first?.name == "x[1]")
    #expect(report.columns.filter { $0.role == "input" && $0.verdict != "steady" }.count == 1)
  }

  @Test func `columns that came and went are named`() async throws {
    let house = try await house(then: [])
    _ = try await house.keep(
      (0..<10).map { (x: [Double($0)], probabilities: [1]) }, prefix: "narrow",
      at: MonitorHouse.start + MonitorHouse.day)
    let report = try await house.service.drifts.report(.init(window: later))
    let verdicts = Dictionary(uniqueKeysWithValues: report.columns.map { ($0.name, $0.verdict) })
    #expect(verdicts["x"] == "new")
    #expect(verdicts["x[0]"] == "gone")
  }

  @Test func `a segment is looked at alone`() async throws {
    let house = try await house(then: Self.rows(seed: 5))
    _ = try await house.keep(
      Self.rows(300, seed: 6, shift: 0.6), prefix: "other",
      at: MonitorHouse.start + MonitorHouse.day, key: "k2")
    var window = later
    window.segment = "key=k1"
    let steady = try await house.service.drifts.report(.init(window: window))
    #expect(steady.columns.allSatisfy { $0.verdict == "steady" })
    window.segment = "key=k2"
    let drifted = try await house.service.drifts.report(.init(window: window))
    #expect(drifted.columns.first?.name == "x[1]")
    window.segment = "probabilities.top=1"
    let positive = try await house.service.drifts.report(.init(window: window))
    #expect(positive.rows < 900)
    window.segment = "nonsense"
    await #expect(throws: MonitorError.self) {
      try await house.service.drifts.report(.init(window: window))
    }
  }

  @Test func `the same hours of past weeks are a baseline too`() async throws {
    let house = try await MonitorHouse()
    let week = 7 * MonitorHouse.day
    for back in 1...3 {
      _ = try await house.keep(
        Self.rows(300, seed: UInt64(back)), prefix: "week\(back)-",
        at: MonitorHouse.start - Int64(back) * week)
      // At other hours another world.
      _ = try await house.keep(
        Self.rows(300, seed: UInt64(back), shift: 3), prefix: "night\(back)-",
        at: MonitorHouse.start - Int64(back) * week + MonitorHouse.day)
    }
    _ = try await house.keep(Self.rows(300, seed: 9), prefix: "now")
    let window = MonitorHouse.window(
      since: MonitorHouse.start, until: MonitorHouse.start + MonitorHouse.day / 2)
    let report = try await house.service.drifts.report(.init(window: window, weeks: 3))
    #expect(report.baselineRows == 900)
    #expect(report.columns.allSatisfy { $0.verdict == "steady" })
  }

  @Test func `a pushed baseline is compared like one that was taken`() async throws {
    let house = try await MonitorHouse()
    let rows = Self.rows(seed: 1)
    let columns = (0..<3).map { place in
      Monitor.Column(name: "x[\(place)]", role: "input", numbers: rows.map { $0.x[place] })
    }
    let pushed = try await house.service.baselines.push(
      .init(model: MonitorHouse.model, version: 1, columns: columns), by: MonitorHouse.ada)
    #expect(pushed.number == 1)
    #expect(pushed.source == "pushed")
    _ = try await house.keep(Self.rows(seed: 2, shift: 0.6), prefix: "now")
    let report = try await house.service.drifts.report(.init(window: MonitorHouse.window()))
    #expect(report.columns.first { $0.name == "x[1]" }?.verdict == "drifted")
    #expect(report.columns.first { $0.name == "x[0]" }?.verdict == "steady")
  }

  @Test func `baselines are numbered, kept over a restart, and told to the log`() async throws {
    let house = try await house(then: [])
    _ = try await house.service.baselines.take(
      .init(window: MonitorHouse.window(), reason: "second"), by: MonitorHouse.ada)
    let again = try await house.reopened()
    let listed = try await again.baselines.list(.init(model: MonitorHouse.model)).baselines
    #expect(listed.map(\.number) == [2, 1])
    #expect(listed.map(\.reason) == ["second", "first"])
    #expect(listed.allSatisfy { $0.madeBy == "ada" })
    #expect(try await again.entries().map(\.kind.name) == ["baseline.take", "baseline.take"])
    try await again.close()
  }

  @Test func `the oldest baseline goes when there are too many`() async throws {
    var limits = MonitorLimits()
    limits.baselinesMax = 2
    let house = try await MonitorHouse(limits: limits)
    for _ in 0..<4 {
      _ = try await house.service.baselines.push(
        .init(
          model: MonitorHouse.model,
          columns: [.init(name: "x", role: "input", numbers: [1, 2, 3])]), by: MonitorHouse.ada)
    }
    let listed = try await house.service.baselines.list(.init(model: MonitorHouse.model)).baselines
    #expect(listed.map(\.number) == [4, 3])
  }

  @Test func `without a baseline or rows it says what to do`() async throws {
    let house = try await MonitorHouse()
    await #expect(throws: MonitorError.self) {
      try await house.service.drifts.report(.init(window: MonitorHouse.window()))
    }
    await #expect(throws: MonitorError.self) {
      try await house.service.baselines.take(
        .init(window: MonitorHouse.window()), by: MonitorHouse.ada)
    }
    await #expect(throws: MonitorError.self) {
      try await house.service.baselines.push(
        .init(model: "m", columns: [.init(name: "x", role: "nothing", numbers: [1])]),
        by: MonitorHouse.ada)
    }
  }
}
