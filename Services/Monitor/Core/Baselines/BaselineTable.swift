import Contracts
import GRDB
import Storage

/// Rows of `baseline` and `baseline_column`.
enum BaselineTable {
  /// Keeps a baseline under the model's next number; the oldest goes when there are too many.
  static func add(
    _ baseline: Monitor.Baseline, keeping countMax: Int, in database: Database
  ) throws -> Monitor.Baseline {
    var head = baseline
    head.number =
      1
      + (try UInt32.fetchOne(
        database, sql: "SELECT max(number) FROM baseline WHERE model = ?",
        arguments: [baseline.model]) ?? 0)
    head.columns = []
    try database.execute(
      sql: "INSERT INTO baseline (model, number, version, head) VALUES (?, ?, ?, ?)",
      arguments: [
        head.model, head.number, head.version, DatabaseValue(bytes: head.encodedBytes()),
      ])
    for (position, column) in baseline.columns.enumerated() {
      try database.cachedStatement(
        sql: "INSERT INTO baseline_column (model, number, position, profile) VALUES (?, ?, ?, ?)"
      ).execute(arguments: [
        head.model, head.number, position, DatabaseValue(bytes: column.encodedBytes()),
      ])
    }
    try database.execute(
      sql: """
        DELETE FROM baseline WHERE model = ? AND number <= (
          SELECT number FROM baseline WHERE model = ? ORDER BY number DESC LIMIT 1 OFFSET ?)
        """, arguments: [head.model, head.model, countMax])
    return head
  }

  /// Newest first, without columns.
  static func all(of model: String, in database: Database) throws -> [Monitor.Baseline] {
    try Row.fetchAll(
      database, sql: "SELECT head FROM baseline WHERE model = ? ORDER BY number DESC",
      arguments: [model]
    ).map { try Monitor.Baseline(decoding: $0.bytes(named: "head")) }
  }

  /// - Parameters:
  ///   - number: 0 for the newest one of the version, or else of the model.
  static func one(
    of model: String, number: UInt32, version: UInt32, in database: Database
  ) throws -> Monitor.Baseline? {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT number, head FROM baseline WHERE model = ? AND (? = 0 OR number = ?)
        ORDER BY version = ? DESC, number DESC LIMIT 1
        """, arguments: [model, number, number, version])
    guard let row else { return nil }
    var baseline = try Monitor.Baseline(decoding: row.bytes(named: "head"))
    baseline.columns = try Row.fetchAll(
      database,
      sql: "SELECT profile FROM baseline_column WHERE model = ? AND number = ? ORDER BY position",
      arguments: [model, baseline.number]
    ).map { row in
      let bytes = row.bytes(named: "profile")
      return try Monitor.ColumnProfile(decoding: bytes)
    }
    return baseline
  }
}
