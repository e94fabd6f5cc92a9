import Contracts
import GRDB

/// Which records a window holds, as SQL over `record`; and which of their rows, by a column's value.
struct WindowCondition: Sendable {
  let sql: String
  let arguments: StatementArguments
  /// Rows of which column have which value; `nil` for all.
  let column: (name: String, value: String)?

  private static let nanosecondsPerWeek: Int64 = 7 * 86_400 * 1_000_000_000

  /// - Parameters:
  ///   - models: those that may be looked at where the window names none; `nil` for every one.
  ///   - weeksBack: look at the same time so many weeks before.
  init(
    _ window: Monitor.Window, models: Set<String>? = nil, weeksBack: ClosedRange<Int64>? = nil
  ) throws(MonitorError) {
    var terms: [String] = []
    var values: [(any DatabaseValueConvertible)?] = []
    if !window.model.isEmpty {
      terms.append("record.model = ?")
      values.append(window.model)
    } else if let models {
      terms.append("record.model IN (\(models.map { _ in "?" }.joined(separator: ", ")))")
      values += models.sorted()
    }
    if window.version != 0 {
      terms.append("record.version = ?")
      values.append(Int64(window.version))
    }
    guard window.until == 0 || window.since < window.until else {
      throw .invalid("the window ends before it begins: expected `since` before `until`")
    }
    if let weeksBack {
      guard window.since > 0, window.until > 0 else {
        throw .invalid("a comparison with past weeks needs a window with both ends")
      }
      let ranges = weeksBack.map { week in
        let back = week * Self.nanosecondsPerWeek
        values += [window.since &- back, window.until &- back]
        return "(record.started_at >= ? AND record.started_at < ?)"
      }
      terms.append("(\(ranges.joined(separator: " OR ")))")
    } else {
      if window.since != 0 {
        terms.append("record.started_at >= ?")
        values.append(window.since)
      }
      if window.until != 0 {
        terms.append("record.started_at < ?")
        values.append(window.until)
      }
    }
    var column: (name: String, value: String)?
    if !window.segment.isEmpty {
      let parts = window.segment.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw .invalid(
          "segment `\(window.segment.prefix(80))`: expected NAME=VALUE, such as `key=ab12`")
      }
      switch parts[0] {
      case "key": terms.append("record.key_id = ?")
      case "principal": terms.append("record.principal = ?")
      default: column = (String(parts[0]), String(parts[1]))
      }
      if column == nil { values.append(String(parts[1])) }
    }
    sql = terms.isEmpty ? "1" : terms.joined(separator: " AND ")
    arguments = StatementArguments(values)
    self.column = column
  }
}
