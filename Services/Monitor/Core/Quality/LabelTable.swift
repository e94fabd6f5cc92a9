import GRDB

/// Reads the labels of a request.
enum LabelTable {
  /// What came for one row, oldest first.
  struct History: Sendable {
    var values: [String]
    /// Of the first one.
    var receivedAt: Int64

    var value: String { values.last ?? "" }
    var isCorrected: Bool { values.count > 1 }
  }

  /// By row.
  static func labels(
    of requestID: String, _ model: String, in database: Database
  ) throws -> [UInt32: History] {
    var found: [UInt32: History] = [:]
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT row, value, received_at FROM label WHERE model = ? AND request_id = ?
          ORDER BY row, number
          """), arguments: [model, requestID])
    for row in rows {
      found[row["row"], default: History(values: [], receivedAt: row["received_at"])].values.append(
        row["value"])
    }
    return found
  }
}
