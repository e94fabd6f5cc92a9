internal import Contracts

/// A quality report.
struct QualityView: Presentable {
  struct MeasureView: Encodable {
    var name: String
    var value: Double
    var low: Double?
    var high: Double?
    var isEstimated: Bool
  }

  struct GroupView: Encodable {
    var group: String
    var rows: UInt64
    var selectionRate: Double
    var truePositiveRate: Double
    var falsePositiveRate: Double
  }

  var model: String
  var version: UInt32
  var task: String
  var rows: UInt64
  var labelled: UInt64
  var corrected: UInt64
  var maturity: Double
  var measures: [MeasureView]
  var groups: [GroupView]
  var demographicParityDifference: Double?
  var equalOpportunityDifference: Double?
  var equalizedOddsDifference: Double?
  var labelDelayNanoseconds: UInt64
  var note: String

  init(_ report: Monitor.QualityReport) {
    model = report.model
    version = report.version
    task = report.task?.kind ?? ""
    rows = report.rows
    labelled = report.labelled
    corrected = report.corrected
    maturity = report.maturity
    measures = report.measures.map { measure in
      MeasureView(
        name: measure.name, value: measure.value,
        low: measure.estimated || !measure.low.isFinite ? nil : measure.low,
        high: measure.estimated || !measure.high.isFinite ? nil : measure.high,
        isEstimated: measure.estimated)
    }
    groups = report.groups.map {
      GroupView(
        group: $0.group, rows: $0.rows, selectionRate: $0.selectionRate,
        truePositiveRate: $0.truePositiveRate, falsePositiveRate: $0.falsePositiveRate)
    }
    if !report.groups.isEmpty {
      demographicParityDifference = report.demographicParityDifference
      equalOpportunityDifference = report.equalOpportunityDifference
      equalizedOddsDifference = report.equalizedOddsDifference
    }
    labelDelayNanoseconds = report.labelDelayP50
    note = report.note
  }

  var headline: String {
    let immature =
      labelled > 0 && maturity < 0.9
      ? "; by experience \(Figure.percent(maturity)) of the labels of rows of this age have come"
      : ""
    return "\(rows) rows of `\(model)`\(version == 0 ? "" : " version \(version)"), \(task): "
      + "\(labelled) have a label, \(corrected) of them corrected\(immature)"
  }

  var fairness: [String] {
    guard let parity = demographicParityDifference, let chance = equalOpportunityDifference,
      let odds = equalizedOddsDifference
    else { return [] }
    return groups.map { group in
      "group `\(group.group)`: \(group.rows) rows, selected \(Figure.percent(group.selectionRate)), true "
        + "positives \(Figure.percent(group.truePositiveRate)), false positives "
        + Figure.percent(group.falsePositiveRate)
    } + [
      "differences: demographic parity \(Figure.text(parity)), equal opportunity "
        + "\(Figure.text(chance)), equalized odds \(Figure.text(odds))"
    ]
  }

  var table: Table {
    Table(
      columns: ["MEASURE", "VALUE", "FROM", "TO", "BY"],
      rows: measures.map { measure in
        [
          measure.name, Figure.text(measure.value), measure.low.map { Figure.text($0) } ?? "",
          measure.high.map { Figure.text($0) } ?? "",
          measure.isEstimated ? "estimate" : "labels",
        ]
      })
  }
}
