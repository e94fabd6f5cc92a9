package import Contracts
import GRDB
import MonitorStatistics

/// Tells what calls came to.
package struct SummaryDesk: Sendable {
  let store: MonitorStore

  /// - Parameter models: those that the caller may look at; `nil` for every one.
  package func summarize(
    _ request: Monitor.SummarizeRequest, models: Set<String>?
  ) async throws(MonitorError) -> Monitor.SummarizeResponse {
    let window = request.window ?? Monitor.Window()
    let condition = try WindowCondition(window, models: models)
    guard condition.column == nil else {
      throw .invalid("calls are told by `key` and `principal` only, not by a column")
    }
    return try await store.read { database in
      var versions: [Name: Counts] = [:]
      let cursor = try Row.fetchCursor(
        database,
        sql: """
          SELECT model, version, status, refused, started_at, duration, upstream, request_bytes,
            response_bytes, rows FROM record WHERE \(condition.sql)
          """, arguments: condition.arguments)
      while let row = try cursor.next() {
        let name = Name(model: row["model"], version: row["version"])
        versions[name, default: Counts()].add(row)
      }
      let labelled = try Row.fetchAll(
        database,
        sql: """
          SELECT record.model, record.version, count(DISTINCT label.row || ' ' || record.id) AS rows
          FROM record JOIN label USING (model, request_id)
          WHERE \(condition.sql) GROUP BY record.model, record.version
          """, arguments: condition.arguments)
      for row in labelled {
        versions[Name(model: row["model"], version: row["version"])]?.labelled = row["rows"]
      }
      return Monitor.SummarizeResponse(
        versions: versions.sorted { $0.key < $1.key }.map { $1.summary($0) },
        dropped: try TallyTable.sum(TallyTable.dropped, in: database),
        unreadable: try TallyTable.sum(TallyTable.unreadable, in: database))
    }
  }

  private struct Name: Hashable, Comparable {
    let model: String
    let version: UInt32

    static func < (one: Name, other: Name) -> Bool {
      (one.model, one.version) < (other.model, other.version)
    }
  }

  private struct Counts {
    var calls: UInt64 = 0
    var refusals: UInt64 = 0
    var requestBytes: UInt64 = 0
    var responseBytes: UInt64 = 0
    var rows: UInt64 = 0
    var labelled: UInt64 = 0
    var firstAt = Int64.max
    var lastAt = Int64.min
    var latency = HdrHistogram()
    var gateway = HdrHistogram()
    var statuses: [Int64: UInt64] = [:]

    mutating func add(_ row: Row) {
      calls += 1
      statuses[row["status"], default: 0] += 1
      if row["refused"] as Int64 != 0 { refusals += 1 }
      let (duration, upstream): (Int64, Int64) = (row["duration"], row["upstream"])
      latency.record(duration)
      gateway.record(duration - upstream)
      requestBytes += UInt64(clamping: row["request_bytes"] as Int64)
      responseBytes += UInt64(clamping: row["response_bytes"] as Int64)
      rows += UInt64(clamping: row["rows"] as Int64)
      firstAt = min(firstAt, row["started_at"])
      lastAt = max(lastAt, row["started_at"])
    }

    func summary(_ name: Name) -> Monitor.VersionSummary {
      let failures = statuses.filter { $0.key != 0 }
      return Monitor.VersionSummary(
        model: name.model, version: name.version, calls: calls,
        failures: failures.values.reduce(0, +), refusals: refusals,
        p50: UInt64(clamping: latency.quantile(0.5)), p95: UInt64(clamping: latency.quantile(0.95)),
        p99: UInt64(clamping: latency.quantile(0.99)),
        gatewayP95: UInt64(clamping: gateway.quantile(0.95)), requestBytes: requestBytes,
        responseBytes: responseBytes, firstAt: firstAt, lastAt: lastAt, rows: rows,
        labelledRows: labelled,
        statuses: failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
          Monitor.StatusCount(status: StatusName.of($0.key), calls: $0.value)
        })
    }
  }
}
