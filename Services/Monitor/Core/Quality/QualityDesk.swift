package import AuditLog
package import Contracts
import MonitorStatistics

/// Tells how right answers were, and how right they probably are.
package struct QualityDesk: Sendable {
  /// Labelled rows from which on an estimate can be learnt.
  private static let learntFromMin = 100

  let store: MonitorStore
  let limits: MonitorLimits

  package func setTask(
    _ request: Monitor.SetTaskRequest, by author: AuditReference
  ) async throws(MonitorError) -> Monitor.Task {
    guard var task = request.task else { throw .invalid("expected a task") }
    try TaskRule.check(task)
    try ModelRule.check(reason: request.reason, limits)
    task.isSet = true
    return try await store.change { [task] database in
      let before = try TaskRule.stored(task.model, in: database)
      if before == task { return .unchanged(task) }
      try TaskRule.store(task, in: database)
      return .changed(
        task,
        MonitorChange(
          action: .taskSet, author: author, model: task.model, before: before.map(Self.values),
          after: Self.values(task), reason: request.reason))
    }
  }

  private static func values(_ task: Monitor.Task) -> [String: AuditValue] {
    [
      "kind": .string(task.kind), "prediction": .string(task.prediction),
      "score": .string(task.score), "positive": .string(task.positive),
      "threshold": .string("\(task.threshold)"),
    ]
  }

  package func report(
    _ request: Monitor.GetQualityRequest
  ) async throws(MonitorError) -> Monitor.QualityReport {
    let window = try ModelRule.checked(request.window)
    let condition = try WindowCondition(window)
    // What is learnt from: everything that is labelled, of the same version.
    let history = try WindowCondition(Monitor.Window(model: window.model, version: window.version))
    let rowsMax = min(ModelRule.rowsMax(window, limits), limits.labelledRowsMax)
    let group = request.group
    let (task, now, learnt) = try await store.read { [limits, clock = store.now] database in
      let time = clock()
      var task = try TaskRule.stored(window.model, in: database)
      var found = QualityCases()
      try WindowRows.read(condition, rowsMax: rowsMax, in: database) { row in
        let known = task ?? TaskRule.guess(window.model, of: row.shape.columns)
        task = known
        let labels = try LabelTable.labels(of: row.requestID, window.model, in: database)
        found.add(row, labels[row.row], task: known, group: group, now: time)
        return true
      }
      var learnt: [(score: Double, actual: Bool)] = []
      if let task, task.kind == "binary", !task.score.isEmpty {
        try WindowRows.read(history, rowsMax: limits.labelledRowsMax, in: database) { row in
          let labels = try LabelTable.labels(of: row.requestID, window.model, in: database)
          if let label = labels[row.row], let score = row.number(task.score) {
            learnt.append((score, CanonicalText.of(label.value) == CanonicalText.of(task.positive)))
          }
          return true
        }
      }
      return (task ?? Monitor.Task(model: window.model), found, learnt)
    }
    return Self.report(window, task, now, learnt: learnt, groups: !request.group.isEmpty)
  }

  /// The pure part: what a window's cases come to.
  static func report(
    _ window: Monitor.Window, _ task: Monitor.Task, _ now: QualityCases,
    learnt: [(score: Double, actual: Bool)], groups: Bool
  ) -> Monitor.QualityReport {
    let labelled = now.labelled
    var report = Monitor.QualityReport(
      model: window.model, version: window.version, task: task, rows: UInt64(now.rowCount),
      labelled: UInt64(labelled.count), corrected: UInt64(now.corrected),
      maturity: maturity(now))
    let delays = Distribution(now.delays)
    report.labelDelayP50 = UInt64(delays.quantile(0.5) ?? 0)
    switch task.kind {
    case "binary":
      report.measures = MeasureList(BinaryQuality(now.binary)).measures
      report.measures += estimated(now, learnt)
      if groups { addFairness(labelled, to: &report) }
    case "multiclass":
      let cases = labelled.map { (predicted: $0.predicted, actual: $0.actual ?? "") }
      report.measures = MeasureList(MulticlassQuality(cases)).measures
    case "regression":
      let cases = labelled.map {
        (predicted: Double($0.predicted) ?? .nan, actual: Double($0.actual ?? "") ?? .nan)
      }
      report.measures = MeasureList(RegressionQuality(cases)).measures
    default: break
    }
    report.note = note(task, now, learntFrom: learnt.count)
    return report
  }

  /// Of rows as old as these, how many have their label by now, as far as the labels that came tell.
  private static func maturity(_ now: QualityCases) -> Double {
    let delays = Distribution(now.delays)
    guard !delays.isEmpty, !now.ages.isEmpty else { return 1 }
    let sum = now.ages.reduce(0) { $0 + Double(delays.rank(of: $1)) / Double(delays.count) }
    return sum / Double(now.ages.count)
  }

  private static func estimated(
    _ now: QualityCases, _ learnt: [(score: Double, actual: Bool)]
  ) -> [Monitor.Measure] {
    guard learnt.count >= learntFromMin else { return [] }
    let estimation = ConfidenceEstimation(labelled: learnt)
    let predictions = now.cases.map { (score: $0.score, predicted: $0.predicted == "1") }
    guard let result = estimation.estimate(predictions) else { return [] }
    return MeasureList(result).measures
  }

  private static func addFairness(
    _ labelled: [QualityCases.Case], to report: inout Monitor.QualityReport
  ) {
    let cases = labelled.compactMap { one in
      one.group.map { (group: $0, predicted: one.predicted == "1", actual: one.actual == "1") }
    }
    guard let fairness = GroupFairness(cases) else { return }
    report.groups = fairness.groups.map {
      Monitor.GroupQuality(
        group: $0.name, rows: UInt64($0.caseCount), selectionRate: $0.selectionRate,
        truePositiveRate: $0.truePositiveRate, falsePositiveRate: $0.falsePositiveRate)
    }
    report.demographicParityDifference = fairness.demographicParityDifference
    report.equalOpportunityDifference = fairness.equalOpportunityDifference
    report.equalizedOddsDifference = fairness.equalizedOddsDifference
  }

  private static func note(
    _ task: Monitor.Task, _ now: QualityCases, learntFrom count: Int
  ) -> String {
    if now.rowCount == 0 { return "no inputs and outputs are in this window" }
    if task.kind.isEmpty { return "the outputs show no task: set one with `slipway monitor task`" }
    if now.labelled.isEmpty, count < learntFromMin {
      return "no label has come: send some with `slipway monitor label \(task.model) FILE`"
    }
    if now.labelled.isEmpty { return "no label has come for this window: all of it is estimated" }
    return ""
  }
}
