package import AuditLog
package import Contracts
import MonitorStatistics

/// Makes baselines: of what was seen, or of what is pushed.
package struct BaselineDesk: Sendable {
  let store: MonitorStore
  let limits: MonitorLimits

  package func take(
    _ request: Monitor.TakeBaselineRequest, by author: AuditReference
  ) async throws(MonitorError) -> Monitor.Baseline {
    let window = try ModelRule.checked(request.window)
    try ModelRule.check(reason: request.reason, limits)
    let condition = try WindowCondition(window)
    let rowsMax = ModelRule.rowsMax(window, limits)
    let columns = try await store.read { [limits] database in
      var columns = ColumnWindows(exactRowsMax: limits.exactRowsMax)
      try WindowRows.read(condition, rowsMax: rowsMax, in: database) { row in
        columns.add(row)
        return true
      }
      return columns
    }
    guard columns.rowCount > 0 else {
      throw .refused(
        "no inputs and outputs of `\(window.model)` are in this window: "
          + "look at `slipway monitor show \(window.model)`, or push a baseline from a file")
    }
    return try await keep(
      Monitor.Baseline(
        model: window.model, version: window.version, source: "window", madeAt: store.now(),
        madeBy: author.name, rows: UInt64(columns.rowCount), reason: request.reason,
        columns: columns.columns.map { Monitor.ColumnProfile($0, limits: limits) }),
      .baselineTake, by: author)
  }

  package func push(
    _ request: Monitor.PushBaselineRequest, by author: AuditReference
  ) async throws(MonitorError) -> Monitor.Baseline {
    try ModelRule.check(model: request.model)
    try ModelRule.check(reason: request.reason, limits)
    let counts = Set(request.columns.map { max($0.numbers.count, $0.texts.count) })
    guard let rowCount = counts.first, counts.count == 1, rowCount > 0 else {
      throw .invalid("expected columns of one length, with at least one row")
    }
    guard request.columns.count <= limits.columnsMax, rowCount <= limits.rowsPerReportMax else {
      throw .invalid(
        "expected at most \(limits.columnsMax) columns and \(limits.rowsPerReportMax) rows")
    }
    var columns = ColumnWindows(exactRowsMax: limits.exactRowsMax)
    for column in request.columns {
      guard column.numbers.isEmpty || column.texts.isEmpty, !column.name.isEmpty,
        ["input", "output"].contains(column.role)
      else {
        throw .invalid(
          "column `\(column.name.prefix(80))`: expected a name, `input` or `output` as its role, "
            + "and numbers or texts")
      }
      for number in column.numbers { columns.add(number, column.name, column.role) }
      for text in column.texts { columns.add(text, column.name, column.role) }
    }
    return try await keep(
      Monitor.Baseline(
        model: request.model, version: request.version, source: "pushed", madeAt: store.now(),
        madeBy: author.name, rows: UInt64(rowCount), reason: request.reason,
        columns: columns.columns.map { Monitor.ColumnProfile($0, limits: limits) }),
      .baselinePush, by: author)
  }

  package func list(
    _ request: Monitor.ListBaselinesRequest
  ) async throws(MonitorError) -> Monitor.ListBaselinesResponse {
    try ModelRule.check(model: request.model)
    return try await store.read { database in
      Monitor.ListBaselinesResponse(
        baselines: try BaselineTable.all(of: request.model, in: database))
    }
  }

  private func keep(
    _ baseline: Monitor.Baseline, _ action: MonitorChange.Action, by author: AuditReference
  ) async throws(MonitorError) -> Monitor.Baseline {
    try await store.change { [limits] database in
      let kept = try BaselineTable.add(baseline, keeping: limits.baselinesMax, in: database)
      return .changed(
        kept,
        MonitorChange(
          action: action, author: author, model: kept.model,
          after: [
            "baseline": .integer(Int64(kept.number)), "version": .integer(Int64(kept.version)),
            "rows": .integer(Int64(clamping: kept.rows)),
          ], reason: kept.reason))
    }
  }
}
