import Foundation
import Testing

@testable import MonitorStatistics

/// Quiet years and drifts, simulated: a day's look compares 200 rows with a baseline in five columns by
/// their means, and days resemble each other, so that p-values which count on independent rows lie.
struct PageThresholdTests {
  private static let columns = 5
  private static let rows = 200.0
  private static let daysPerYear = 365
  private static let budget = 4.0

  /// A model's days: the mean of each column wanders from day to day by `wander` of a row's deviation.
  private struct World {
    var random: SeededRandom
    let wander: Double

    /// The surprise of a day's look, and whether Kolmogorov-Smirnov's fixed threshold would page.
    mutating func look(shift: Double = 0) -> (surprise: Double, fixed: Bool) {
      var smallest = 1.0
      for column in 0..<PageThresholdTests.columns {
        let mean =
          random.normal(0, wander) + random.normal(0, 1 / PageThresholdTests.rows.squareRoot())
          + (column == 0 ? shift : 0)
        let z = abs(mean) * PageThresholdTests.rows.squareRoot()
        smallest = min(smallest, erfc(z / 2.0.squareRoot()))
      }
      let corrected = min(1, smallest * Double(PageThresholdTests.columns))
      return (PageThreshold.surprise(pValue: corrected), smallest < 0.05)
    }
  }

  private struct Year {
    var pages = 0
    var fixedPages = 0
    /// Days until a drift was seen.
    var lateness: Int?
  }

  /// A year after 60 days of learning; with a drift from its 300th day on, if there is one.
  private static func year(seed: UInt64, wander: Double, shift: Double = 0) -> Year {
    var world = World(random: SeededRandom(seed: seed), wander: wander)
    let threshold = PageThreshold(pagesPerYear: budget, looksPerYear: Double(daysPerYear))
    var history = (0..<60).map { _ in world.look().surprise }
    var machine = AlertMachine()
    var year = Year()
    for day in 0..<daysPerYear {
      let isDrifted = shift > 0 && day >= 300
      let look = world.look(shift: isDrifted ? shift : 0)
      let limit = threshold.threshold(history: history)
      let action = machine.look(surprise: look.surprise, threshold: limit, matters: true)
      if action == .page {
        year.pages += 1
        if isDrifted, year.lateness == nil { year.lateness = day - 300 }
      }
      if look.fixed { year.fixedPages += 1 }
      if machine.state == .quiet { history.append(look.surprise) }
    }
    return year
  }

  @Test(arguments: [0, 0.03, 0.07, 0.15])
  func `200 quiet years page no oftener than the budget allows`(wander: Double) {
    let years = (0..<200).map { Self.year(seed: UInt64($0), wander: wander) }
    let pages = years.reduce(0) { $0 + $1.pages }
    let fixed = years.reduce(0) { $0 + $1.fixedPages }
    let allowed = Self.budget * Double(years.count)
    // Pages of independent looks are counted with a deviation of the root of their number.
    let bound = allowed + 3 * allowed.squareRoot()
    #expect(Double(pages) <= bound, "wander \(wander), seeds 0 to 199: \(pages) pages")
    print(
      "quiet years, wander \(wander): \(Double(pages) / 200) pages a year, budget \(Self.budget); "
        + "p < 0.05 would page \(Double(fixed) / 200) times")
  }

  @Test func `drifts are seen within days, the larger the sooner`() {
    var median: [Double] = []
    for shift in [0.5, 1.0] {
      let years = (0..<100).map { Self.year(seed: UInt64(1000 + $0), wander: 0.07, shift: shift) }
      let seen = years.compactMap(\.lateness)
      // A false alert may be firing when the drift begins, and then none pages.
      #expect(seen.count >= 90, "shift \(shift), seeds 1000 to 1099: \(seen.count) seen")
      median.append(Distribution(seen.map(Double.init)).quantile(0.5) ?? .infinity)
      print("drift of \(shift) deviations: seen after \(median.last ?? 0) days (median)")
    }
    #expect(median[0] <= 5 && median[1] <= median[0])
  }

  @Test func `before there is a history the threshold is far off`() {
    let threshold = PageThreshold(pagesPerYear: 4, looksPerYear: 8766)
    let unknown = threshold.threshold(history: [])
    #expect(unknown == 3 * -log(4.0 / 8766))
    let quiet = [Double](repeating: 0.5, count: 100)
    #expect(threshold.threshold(history: quiet) == -log(4.0 / 8766))
  }

  @Test func `an alert pages once, hovers without paging again, and ends after calm looks`() {
    var machine = AlertMachine()
    func look(_ surprise: Double, matters: Bool = true) -> AlertMachine.Action {
      machine.look(surprise: surprise, threshold: 10, matters: matters)
    }
    #expect(look(9) == .none)
    #expect(look(50, matters: false) == .none)
    #expect(look(11) == .page)
    #expect([look(12), look(9), look(11)] == [.none, .none, .none])
    #expect([look(4), look(9), look(4)] == [.none, .none, .none])
    #expect(look(1) == .resolve)
    #expect(machine.state == .quiet)
  }
}
