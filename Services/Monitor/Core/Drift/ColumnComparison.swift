import Contracts
import MonitorStatistics

/// Holds a column of a window against what it was before.
///
/// It has drifted where a test finds a difference that chance would give in less than one of a hundred
/// reports, all tests of the report counted, and the difference is also large enough to matter: with many
/// rows every difference is certain.
struct ColumnComparison {
  /// Of a report, not of a test.
  static let significance = 0.01
  /// From here on a difference of distributions matters.
  static let jensenShannonMin = 0.1
  static let populationStabilityMin = 0.1
  /// From here on a difference of a share of rows matters.
  static let shareMin = 0.05
  static let quantiles = [0.05, 0.5, 0.95]

  let before: Monitor.ColumnProfile
  let now: ColumnWindow

  /// - Parameter testCount: tests that the report makes, for whom the p-value is corrected.
  func drift(testCount: Int) -> Monitor.ColumnDrift {
    var drift = Monitor.ColumnDrift(
      name: now.name, role: now.role, kind: before.kind, missingBefore: missingBefore,
      missingNow: missingNow, distinctBefore: before.distinct, distinctNow: now.distinct)
    guard before.kind == now.kind else {
      drift.verdict = "drifted"
      drift.words = "was a \(before.kind), is a \(now.kind)"
      drift.jensenShannon = 1
      return drift
    }
    var pValues: [Double] = []
    let absent = [before.missing + before.notFinite, before.present].map { Int($0) }
    let absentNow = [now.missing + now.notFinite, present]
    if let test = ChiSquare(absent, absentNow) { pValues.append(test.pValue) }
    if before.isNumeric { compareNumbers(&drift, &pValues) } else { compareCategories(&drift) }
    let (old, new) = (drift.binsBefore.map { Int($0) }, drift.binsNow.map { Int($0) })
    drift.populationStability = Distance.populationStability(old, new) ?? 0
    drift.jensenShannon = Distance.jensenShannon(old, new) ?? 0
    drift.hellinger = Distance.hellinger(old, new) ?? 0
    drift.lInfinity = Distance.lInfinity(old, new) ?? 0
    if let test = ChiSquare(old, new) {
      drift.chiSquare = test.statistic
      drift.chiSquareP = test.pValue
      pValues.append(test.pValue)
    }
    drift.pValue = min(1, (pValues.min() ?? 1) * Double(max(1, testCount)))
    let isDrifted = drift.pValue <= Self.significance && matters(drift)
    drift.verdict = isDrifted ? "drifted" : "steady"
    if isDrifted { drift.words = DriftWords(drift: drift, before: before).text }
    return drift
  }

  /// Tests that each column takes part in.
  static let testsPerColumn = 3

  private func matters(_ drift: Monitor.ColumnDrift) -> Bool {
    drift.jensenShannon >= Self.jensenShannonMin
      || drift.populationStability >= Self.populationStabilityMin
      || abs(drift.missingNow - drift.missingBefore) >= Self.shareMin
      || drift.unseen >= Self.shareMin || drift.outOfRange >= Self.shareMin
  }

  private func compareNumbers(_ drift: inout Monitor.ColumnDrift, _ pValues: inout [Double]) {
    let (old, new) = (Distribution(before.values), now.distribution)
    drift.quantilesBefore = Self.quantiles.compactMap { old.quantile($0) }
    drift.quantilesNow = Self.quantiles.compactMap { new.quantile($0) }
    drift.binsBefore = before.binCounts
    drift.binsNow = FixedBins(edges: before.edges).counts(of: new).map { UInt64($0) }
    drift.wasserstein = Distance.wasserstein(old, new) ?? 0
    if let test = KolmogorovSmirnov(old, new) {
      drift.kolmogorovSmirnov = test.statistic
      drift.kolmogorovSmirnovP = test.pValue
      pValues.append(test.pValue)
    }
    if !new.isEmpty, before.present > 0, before.smallest <= before.largest {
      let outside = new.count(outside: before.smallest...before.largest)
      drift.outOfRange = Double(outside) / Double(new.count)
    }
  }

  private func compareCategories(_ drift: inout Monitor.ColumnDrift) {
    let counted = before.categories.reduce(0) { $0 + $1.count }
    let known = before.categories.map { UInt64(now.categories[$0.name]) }
    let present = UInt64(present)
    drift.binsBefore =
      before.categories.map(\.count) + [before.present - min(before.present, counted)]
    drift.binsNow = known + [present - min(present, known.reduce(0, +))]
    // Where the baseline had more categories than it tells apart, the rest is not unseen for sure.
    if counted == before.present, present > 0 {
      drift.unseen = Double(drift.binsNow.last ?? 0) / Double(present)
    }
  }

  private var present: Int { now.rowCount - now.missing - now.notFinite }
  private var missingBefore: Double {
    before.rows == 0 ? 0 : Double(before.missing + before.notFinite) / Double(before.rows)
  }
  private var missingNow: Double {
    now.rowCount == 0 ? 0 : Double(now.missing + now.notFinite) / Double(now.rowCount)
  }
}
