import Contracts
import MonitorStatistics
import Testing

@testable import MonitorCore

struct QualityDeskTests {
  /// Calls whose score is the probability of a 1, and what came true.
  private func house(
    _ count: Int, seed: UInt64, labelled: Int
  ) async throws -> (MonitorHouse, truth: [Bool]) {
    let house = try await MonitorHouse()
    var random = SeededRandom(seed: seed)
    var (rows, truth): ([(x: [Double], probabilities: [Double])], [Bool]) = ([], [])
    for _ in 0..<count {
      let score = random.unit()
      rows.append((x: [score, 1], probabilities: [1 - score, score]))
      truth.append(random.unit() < score)
    }
    _ = try await house.keep(rows, at: MonitorHouse.start - Int64(count) * MonitorHouse.second)
    let labels = truth.prefix(labelled).enumerated().map { index, isTrue in
      Monitor.Label(requestID: "r\(index)", value: isTrue ? "1" : "0")
    }
    if !labels.isEmpty {
      _ = try await house.service.labels.add(
        .init(model: MonitorHouse.model, labels: labels), by: MonitorHouse.ada)
    }
    return (house, truth)
  }

  private func value(_ name: String, _ report: Monitor.QualityReport, estimated: Bool = false)
    -> Double?
  {
    report.measures.first { $0.name == name && $0.estimated == estimated }?.value
  }

  @Test func `labels are late and corrected, and the newest one counts`() async throws {
    let (house, _) = try await house(20, seed: 1, labelled: 0)
    func add(_ id: String, _ value: String) async throws -> Monitor.AddLabelsResponse {
      try await house.service.labels.add(
        .init(model: MonitorHouse.model, labels: [.init(requestID: id, value: value)]),
        by: MonitorHouse.ada)
    }
    #expect(try await add("r1", "0") == .init(added: 1))
    #expect(try await add("r1", "0") == .init(known: 1))
    #expect(try await add("r1", "1") == .init(corrected: 1))
    #expect(try await add("nobody", "1") == .init(added: 1, unknown: 1))
    let again = try await house.reopened()
    let page = try await again.exports.page(.init(window: MonitorHouse.window()))
    let row = try #require(page.rows.first { $0.requestID == "r1" })
    #expect(row.label == "1")
    #expect(row.earlierLabels == ["0"])
    let report = try await again.quality.report(.init(window: MonitorHouse.window()))
    #expect((report.labelled, report.corrected) == (1, 1))
    // A label that came before its record counts once this is there.
    _ = try await again.records.record(
      .init(records: [MonitorHouse.record("nobody", x: [1, 1], probabilities: [0.1, 0.9])]))
    let later = try await again.quality.report(.init(window: MonitorHouse.window()))
    #expect(later.labelled == 2)
    #expect(
      try await again.entries().map(\.kind.name) == ["labels.add", "labels.add", "labels.add"])
    try await again.close()
  }

  @Test func `a binary task is read off two outputs, and measured`() async throws {
    let (house, truth) = try await house(400, seed: 2, labelled: 400)
    let report = try await house.service.quality.report(.init(window: MonitorHouse.window()))
    #expect(report.task?.kind == "binary")
    #expect(report.task?.score == "probabilities[1]")
    #expect(report.labelled == 400)
    let accuracy = try #require(value("accuracy", report))
    // A calibrated uniform score is right in three of four cases.
    #expect(abs(accuracy - 0.75) < 0.08)
    let estimated = try #require(value("accuracy", report, estimated: true))
    #expect(abs(estimated - accuracy) < 0.05)
    #expect(report.measures.contains { $0.name == "roc_auc" && !$0.estimated })
    #expect(truth.count == 400)
  }

  @Test func `before labels come, quality is estimated from those of earlier calls`() async throws {
    let (house, _) = try await house(600, seed: 3, labelled: 300)
    let start = MonitorHouse.start - 300 * MonitorHouse.second
    let report = try await house.service.quality.report(
      .init(window: MonitorHouse.window(since: start)))
    #expect(report.labelled == 0)
    #expect(value("accuracy", report) == nil)
    let estimated = try #require(value("accuracy", report, estimated: true))
    #expect(abs(estimated - 0.75) < 0.08)
    #expect(report.note.contains("estimated"))
  }

  @Test func `a window without labels says what to do`() async throws {
    let (house, _) = try await house(5, seed: 4, labelled: 0)
    let report = try await house.service.quality.report(.init(window: MonitorHouse.window()))
    #expect(report.note.contains("slipway monitor label"))
    #expect(report.measures.isEmpty)
  }

  @Test func `fairness is told by group`() async throws {
    let (house, _) = try await house(200, seed: 5, labelled: 200)
    let report = try await house.service.quality.report(
      .init(window: MonitorHouse.window(), group: "principal"))
    #expect(report.groups.map(\.group) == ["ada"])
    #expect(report.demographicParityDifference == 0)
  }

  @Test func `a task that somebody set counts, and is told to the log`() async throws {
    let (house, _) = try await house(50, seed: 6, labelled: 50)
    let task = Monitor.Task(
      model: MonitorHouse.model, kind: "regression", prediction: "probabilities[1]")
    _ = try await house.service.quality.setTask(.init(task: task), by: MonitorHouse.ada)
    let report = try await house.service.quality.report(.init(window: MonitorHouse.window()))
    #expect(report.task?.isSet == true)
    #expect(
      report.measures.map(\.name) == [
        "mean_absolute_error", "root_mean_squared_error", "r_squared",
      ])
    for wrong in [
      Monitor.Task(model: "m", kind: "guess"), Monitor.Task(model: "m", kind: "multiclass"),
      Monitor.Task(model: "m", kind: "binary", score: "s"), Monitor.Task(kind: "binary"),
    ] {
      await #expect(throws: MonitorError.self) {
        try await house.service.quality.setTask(.init(task: wrong), by: MonitorHouse.ada)
      }
    }
    #expect(try await house.service.entries().map(\.kind.name).contains("task.set"))
  }

  @Test(arguments: [
    ("1", "1"), ("1.0", "1"), ("true", "1"), ("FALSE", "0"), ("0.50", "0.5"), ("Berlin", "Berlin"),
  ])
  func `labels are the same however they are written`(_ text: String, _ canonical: String) {
    #expect(CanonicalText.of(text) == canonical)
  }
}
