package import Contracts
import MonitorStatistics

/// Compares windows with baselines.
package struct DriftDesk: Sendable {
  let store: MonitorStore
  let limits: MonitorLimits

  /// - Throws: `refused` where there is no baseline or nothing to compare.
  package func report(
    _ request: Monitor.GetDriftRequest
  ) async throws(MonitorError) -> Monitor.DriftReport {
    let window = try ModelRule.checked(request.window)
    guard request.weeks <= limits.weeksMax else {
      throw .invalid("\(request.weeks) weeks: expected at most \(limits.weeksMax)")
    }
    let condition = try WindowCondition(window)
    let past =
      request.weeks == 0
      ? nil : try WindowCondition(window, weeksBack: 1...Int64(request.weeks))
    let (before, now) = try await store.read { [limits] database in
      let rowsMax = ModelRule.rowsMax(window, limits)
      func columns(_ condition: WindowCondition) throws -> ColumnWindows {
        var columns = ColumnWindows(exactRowsMax: limits.exactRowsMax)
        try WindowRows.read(condition, rowsMax: rowsMax, in: database) { row in
          columns.add(row)
          return true
        }
        return columns
      }
      let before: Monitor.Baseline
      if let past {
        let found = try columns(past)
        before = Monitor.Baseline(
          model: window.model, version: window.version, source: "window",
          rows: UInt64(found.rowCount),
          columns: found.columns.map { Monitor.ColumnProfile($0, limits: limits) })
      } else {
        before = try Self.baseline(
          request, window,
          in: {
            try BaselineTable.one(
              of: window.model, number: $0, version: $1, in: database)
          })
      }
      return (before, try columns(condition))
    }
    guard now.rowCount > 0, before.rows > 0 else {
      let what = now.rowCount == 0 ? "this window" : "the same hours of past weeks"
      throw .refused(
        "no inputs and outputs of `\(window.model)` are in \(what): "
          + "see `slipway monitor show \(window.model)`")
    }
    return Self.report(window, before, now)
  }

  private static func baseline(
    _ request: Monitor.GetDriftRequest, _ window: Monitor.Window,
    in find: (_ number: UInt32, _ version: UInt32) throws -> Monitor.Baseline?
  ) throws -> Monitor.Baseline {
    guard let found = try find(request.baseline, window.version) else {
      throw request.baseline == 0
        ? MonitorError.refused(
          "`\(window.model)` has no baseline: make one with "
            + "`slipway monitor baseline take \(window.model)` or `… push`")
        : MonitorError.missing("`\(window.model)` has no baseline \(request.baseline)")
    }
    return found
  }

  /// The pure part: what a window is beside a baseline.
  static func report(
    _ window: Monitor.Window, _ before: Monitor.Baseline, _ now: ColumnWindows
  ) -> Monitor.DriftReport {
    let testCount = before.columns.count * ColumnComparison.testsPerColumn
    var drifts = before.columns.map { profile in
      guard let column = now[profile.name] else {
        return Monitor.ColumnDrift(
          name: profile.name, role: profile.role, kind: profile.kind, verdict: "gone",
          words: "no row of the window has it", jensenShannon: 1)
      }
      return ColumnComparison(before: profile, now: column).drift(testCount: testCount)
    }
    let names = Set(before.columns.map(\.name))
    drifts += now.columns.filter { !names.contains($0.name) }.map { column in
      Monitor.ColumnDrift(
        name: column.name, role: column.role, kind: column.kind, verdict: "new",
        words: "the baseline does not have it", jensenShannon: 1)
    }
    drifts.sort { one, other in
      let (first, second) = (rank(one), rank(other))
      return first == second ? one.name < other.name : first > second
    }
    return Monitor.DriftReport(
      model: window.model, version: window.version, baseline: before.number,
      baselineRows: before.rows, rows: UInt64(now.rowCount), firstAt: now.firstAt,
      lastAt: now.lastAt, exact: now.isExact, columns: drifts, cause: cause(drifts))
  }

  /// Drifted ones before steady ones, the largest difference first.
  private static func rank(_ drift: Monitor.ColumnDrift) -> Double {
    (drift.verdict == "steady" ? 0 : 10) + drift.jensenShannon
      + max(0, drift.missingNow - drift.missingBefore) + drift.outOfRange / 10
  }

  private static func cause(_ drifts: [Monitor.ColumnDrift]) -> String {
    let changed = drifts.filter { $0.verdict != "steady" }
    let inputs = changed.filter { $0.role == "input" }
    let outputs = changed.filter { $0.role == "output" }
    guard let worst = inputs.first ?? outputs.first else { return "nothing has drifted" }
    var text = "\(worst.role) `\(worst.name)` has changed most: \(worst.words)"
    let others = inputs.count - (worst.role == "input" ? 1 : 0)
    if others > 0 { text += "; so have \(others) other input\(others == 1 ? "" : "s")" }
    if !inputs.isEmpty, let answer = outputs.first {
      text += "; the answers with it: `\(answer.name)`: \(answer.words)"
    }
    return text
  }
}
