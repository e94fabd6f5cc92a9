package import Contracts
import GRDB
import Storage

/// Gives records out with their values and labels, for training and for who asks what a model answered.
package struct ExportDesk: Sendable {
  let store: MonitorStore
  let limits: MonitorLimits

  /// A page, newest first. A page ends with a whole record.
  package func page(
    _ request: Monitor.ExportRecordsRequest
  ) async throws(MonitorError) -> Monitor.ExportRecordsResponse {
    let window = try ModelRule.checked(request.window)
    let condition = try WindowCondition(window)
    let limit = request.limit == 0 ? limits.pageMax : min(Int(request.limit), limits.pageMax)
    let skipped = Int(clamping: request.after)
    let rowsMax = ModelRule.rowsMax(window, limits)
    return try await store.read { database in
      var response = Monitor.ExportRecordsResponse()
      var (seen, isMore) = (0, false)
      try WindowRows.read(condition, rowsMax: rowsMax, in: database) { row in
        seen += 1
        guard seen > skipped else { return true }
        guard response.rows.count < limit else {
          isMore = true
          return false
        }
        response.rows.append(try Self.row(row, window.model, in: database))
        return true
      }
      response.next = isMore ? UInt64(skipped + response.rows.count) : 0
      return response
    }
  }

  private static func row(
    _ row: WindowRow, _ model: String, in database: Database
  ) throws -> Monitor.ExportedRow {
    let record = try Row.fetchOne(
      database.cachedStatement(sql: "SELECT status, duration FROM record WHERE id = ?"),
      arguments: [row.recordID])
    let label = try LabelTable.labels(of: row.requestID, model, in: database)[row.row]
    return Monitor.ExportedRow(
      requestID: row.requestID, row: row.row, version: row.version, keyID: row.keyID,
      startedAt: row.startedAt, status: StatusName.of(record?["status"] ?? 0),
      duration: UInt64(clamping: (record?["duration"] ?? 0) as Int64),
      values: row.shape.columns.map { column in
        let content: Monitor.Value.Content? =
          if column.kind == "number" {
            .number(row.number(column.name) ?? .nan)
          } else {
            .text(row.text(column.name) ?? "")
          }
        return Monitor.Value(name: column.name, role: column.role, content: content)
      }, label: label?.value ?? "", earlierLabels: label.map { Array($0.values.dropLast()) } ?? [])
  }
}
