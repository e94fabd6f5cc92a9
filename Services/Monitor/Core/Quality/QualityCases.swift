import Contracts
import GRDB
import MonitorStatistics

/// The rows of a window as cases of a task.
struct QualityCases: Sendable {
  /// A row as its task sees it.
  struct Case: Sendable {
    /// As a class's name, or a number.
    var predicted: String
    var score: Double
    var actual: String?
    var group: String?
  }

  private(set) var cases: [Case] = []
  private(set) var rowCount = 0
  private(set) var corrected = 0
  /// Nanoseconds from the call to its first label.
  private(set) var delays: [Double] = []
  /// Nanoseconds since the calls of all rows.
  private(set) var ages: [Double] = []

  /// Rows that the task can make nothing of are counted only.
  mutating func add(
    _ row: WindowRow, _ label: LabelTable.History?, task: Monitor.Task, group: String, now: Int64
  ) {
    rowCount += 1
    ages.append(Double(now - row.startedAt))
    if let label {
      if label.isCorrected { corrected += 1 }
      delays.append(Double(max(0, label.receivedAt - row.startedAt)))
    }
    let score = task.score.isEmpty ? .nan : row.number(task.score) ?? .nan
    let predicted: String
    if task.kind == "binary" {
      predicted = Self.isPositive(row, task, score) ? "1" : "0"
    } else {
      guard let text = row.text(task.prediction) else { return }
      predicted = CanonicalText.of(text)
    }
    var actual = label.map { CanonicalText.of($0.value) }
    if task.kind == "binary" {
      actual = actual.map { $0 == CanonicalText.of(task.positive) ? "1" : "0" }
    }
    cases.append(
      Case(
        predicted: predicted, score: score, actual: actual,
        group: group.isEmpty ? nil : row.group(group)))
  }

  private static func isPositive(_ row: WindowRow, _ task: Monitor.Task, _ score: Double) -> Bool {
    guard !task.prediction.isEmpty, let text = row.text(task.prediction) else {
      return score >= task.threshold
    }
    return CanonicalText.of(text) == CanonicalText.of(task.positive)
  }

  var labelled: [Case] { cases.filter { $0.actual != nil } }

  var binary: [BinaryCase] {
    cases.compactMap { one in
      one.actual.map {
        BinaryCase(score: one.score, predicted: one.predicted == "1", actual: $0 == "1")
      }
    }
  }
}
