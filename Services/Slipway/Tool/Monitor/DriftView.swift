internal import Contracts
internal import Foundation

/// A drift report: a table with pictures for people, every number for programs.
struct DriftView: Presentable {
  var model: String
  var version: UInt32
  var baseline: UInt32
  var baselineRows: UInt64
  var rows: UInt64
  var firstAt: String?
  var lastAt: String?
  var exact: Bool
  var cause: String
  var columns: [ColumnView]
  private let shownCount: Int

  init(_ report: Monitor.DriftReport, all: Bool) {
    model = report.model
    version = report.version
    baseline = report.baseline
    baselineRows = report.baselineRows
    rows = report.rows
    firstAt = Spelling.time(report.firstAt)
    lastAt = Spelling.time(report.lastAt)
    exact = report.exact
    cause = report.cause
    columns = report.columns.map(ColumnView.init)
    let drifted = report.columns.count { $0.verdict != "steady" }
    // Some steady ones show what steady looks like.
    shownCount = all ? columns.count : max(drifted, min(5, columns.count))
  }

  private enum CodingKeys: String, CodingKey {
    case model, version, baseline, baselineRows, rows, firstAt, lastAt, exact, cause, columns
  }

  var driftedCount: Int { columns.count { $0.verdict != "steady" } }

  var headline: String {
    let against =
      baseline == 0 ? "the same hours of past weeks" : "baseline \(baseline)"
    return
      "\(rows) rows of `\(model)`\(version == 0 ? "" : " version \(version)") against \(against) "
      + "(\(baselineRows) rows): \(driftedCount) of \(columns.count) columns have drifted"
  }

  var table: Table {
    Table(
      columns: [
        "COLUMN", "ROLE", "VERDICT", "JS", "PSI", "KS", "P", "BASELINE", "NOW", "WHAT CHANGED",
      ], rows: columns.prefix(shownCount).map(\.row))
  }
}

/// A column of a drift report.
struct ColumnView: Encodable {
  var name: String
  var role: String
  var kind: String
  var verdict: String
  var words: String
  var pValue: Double
  var populationStability: Double
  var jensenShannon: Double
  var hellinger: Double
  var lInfinity: Double
  var kolmogorovSmirnov: Double?
  var kolmogorovSmirnovP: Double?
  var wasserstein: Double?
  var chiSquare: Double
  var chiSquareP: Double
  var missingBefore: Double
  var missingNow: Double
  var outOfRange: Double
  var unseen: Double
  var quantilesBefore: [Double]
  var quantilesNow: [Double]
  var binsBefore: [UInt64]
  var binsNow: [UInt64]
  var distinctBefore: Double
  var distinctNow: Double

  init(_ drift: Monitor.ColumnDrift) {
    let isNumeric = drift.kind == "number"
    name = drift.name
    role = drift.role
    kind = drift.kind
    verdict = drift.verdict
    words = drift.words
    pValue = drift.pValue
    populationStability = drift.populationStability
    jensenShannon = drift.jensenShannon
    hellinger = drift.hellinger
    lInfinity = drift.lInfinity
    kolmogorovSmirnov = isNumeric ? drift.kolmogorovSmirnov : nil
    kolmogorovSmirnovP = isNumeric ? drift.kolmogorovSmirnovP : nil
    wasserstein = isNumeric && drift.wasserstein.isFinite ? drift.wasserstein : nil
    chiSquare = drift.chiSquare
    chiSquareP = drift.chiSquareP
    missingBefore = drift.missingBefore
    missingNow = drift.missingNow
    outOfRange = drift.outOfRange
    unseen = drift.unseen
    quantilesBefore = drift.quantilesBefore
    quantilesNow = drift.quantilesNow
    binsBefore = drift.binsBefore
    binsNow = drift.binsNow
    distinctBefore = drift.distinctBefore
    distinctNow = drift.distinctNow
  }

  var row: [String] {
    [
      name, role, verdict, Figure.text(jensenShannon), Figure.text(populationStability),
      kolmogorovSmirnov.map { Figure.text($0) } ?? "", Figure.text(pValue),
      Sparkline.text(binsBefore), Sparkline.text(binsNow), words,
    ]
  }
}
