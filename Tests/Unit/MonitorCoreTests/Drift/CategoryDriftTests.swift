import Contracts
import MonitorStatistics
import Testing

@testable import MonitorCore

struct CategoryDriftTests {
  private static func window(_ texts: [String]) -> ColumnWindow {
    var column = ColumnWindow(name: "c", role: "input", kind: "category", exactRowsMax: 1000)
    for text in texts { column.add(text) }
    return column
  }

  private static func drift(_ before: [String], _ now: [String]) -> Monitor.ColumnDrift {
    ColumnComparison(
      before: Monitor.ColumnProfile(window(before), limits: MonitorLimits()), now: window(now)
    ).drift(testCount: 3)
  }

  private static func texts(_ counts: [(String, Int)]) -> [String] {
    counts.flatMap { [String](repeating: $0.0, count: $0.1) }
  }

  @Test func `unseen categories are drift`() {
    let drift = Self.drift(
      Self.texts([("DE", 300), ("FR", 200)]), Self.texts([("DE", 300), ("US", 200)]))
    #expect(drift.verdict == "drifted")
    #expect(drift.unseen == 0.4)
    #expect(drift.words.contains("40 % have a category that the baseline has not"))
  }

  @Test func `other shares are drift, and the one that changed most is named`() {
    let drift = Self.drift(
      Self.texts([("DE", 300), ("FR", 200)]), Self.texts([("DE", 100), ("FR", 400)]))
    #expect(drift.verdict == "drifted")
    #expect(drift.words.contains("makes up"))
    #expect(drift.unseen == 0)
  }

  @Test func `the same shares are steady`() {
    let drift = Self.drift(
      Self.texts([("DE", 300), ("FR", 200)]), Self.texts([("DE", 310), ("FR", 195)]))
    #expect(drift.verdict == "steady")
    #expect(drift.words.isEmpty)
  }

  @Test func `a category that became a number is drift`() {
    var number = ColumnWindow(name: "c", role: "input", kind: "number", exactRowsMax: 10)
    number.add(1)
    let before = Monitor.ColumnProfile(Self.window(["a"]), limits: MonitorLimits())
    let drift = ColumnComparison(before: before, now: number).drift(testCount: 3)
    #expect(drift.verdict == "drifted")
    #expect(drift.words == "was a category, is a number")
  }

  @Test(arguments: [
    [] as [Double], [.nan, .nan], [5], [.infinity, 1], [1.7e308, -1.7e308],
    [.leastNonzeroMagnitude, 0, -0.0],
  ])
  func `no numbers are too nasty to compare`(values: [Double]) {
    var (one, other) = (
      ColumnWindow(name: "n", role: "input", kind: "number", exactRowsMax: 10),
      ColumnWindow(name: "n", role: "input", kind: "number", exactRowsMax: 10)
    )
    for value in values { one.add(value) }
    for value in [1.0, 2, 3] { other.add(value) }
    for (before, now) in [(one, other), (other, one), (one, one)] {
      let drift = ColumnComparison(
        before: Monitor.ColumnProfile(before, limits: MonitorLimits()), now: now
      ).drift(testCount: 3)
      #expect(!drift.pValue.isNaN && !drift.jensenShannon.isNaN, "\(values)")
    }
  }
}
