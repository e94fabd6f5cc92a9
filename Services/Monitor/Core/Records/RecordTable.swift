import Contracts
import GRDB
import Storage

/// Rows of `record`, `payload` and `shape`.
enum RecordTable {
  /// What a record becomes in the order of ``columns``, without its names.
  private static let columns = """
    version, principal, worker, status, refused, started_at, duration, upstream, attempts,
    request_bytes, response_bytes, rows
    """

  /// - Returns: whether the request was not known yet.
  static func keep(
    _ record: Monitor.CallRecord, _ rows: RecordRows?, in database: Database
  ) throws -> Bool {
    let names: [(any DatabaseValueConvertible)?] = [record.model, record.keyID, record.requestID]
    let values = values(record, rows)
    try database.cachedStatement(
      sql: """
        INSERT INTO record (model, key_id, request_id, \(columns))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (model, request_id, key_id) DO NOTHING
        """
    ).execute(arguments: StatementArguments(names + values))
    if database.changesCount == 1 {
      try keep(rows, of: database.lastInsertedRowID, in: database)
      return true
    }
    guard record.status == 0 else { return false }
    let id = try Int64.fetchOne(
      database.cachedStatement(
        sql: """
          UPDATE record SET (\(columns)) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          WHERE model = ? AND key_id = ? AND request_id = ? AND status != 0
          RETURNING id
          """), arguments: StatementArguments(values + names))
    if let id { try keep(rows, of: id, in: database) }
    return false
  }

  private static func values(
    _ record: Monitor.CallRecord, _ rows: RecordRows?
  ) -> [(any DatabaseValueConvertible)?] {
    [
      Int64(record.version), record.principal, record.worker, Int64(record.status),
      record.refused ? 1 : 0, record.startedAt, Int64(clamping: record.duration),
      Int64(clamping: record.upstream), Int64(record.attempts),
      Int64(clamping: record.requestBytes), Int64(clamping: record.responseBytes),
      Int64(rows?.rowCount ?? 0),
    ]
  }

  private static func keep(_ rows: RecordRows?, of id: Int64, in database: Database) throws {
    guard let rows else { return }
    let schema = DatabaseValue(
      bytes: Monitor.StoredSchema(columns: rows.columns).encodedBytes())
    let select = try database.cachedStatement(sql: "SELECT id FROM shape WHERE columns = ?")
    var shape = try Int64.fetchOne(select, arguments: [schema])
    if shape == nil {
      try database.execute(sql: "INSERT INTO shape (columns) VALUES (?)", arguments: [schema])
      shape = database.lastInsertedRowID
    }
    let content = Monitor.StoredRows(
      rows: UInt32(rows.rowCount), numbers: rows.numbers, texts: rows.texts)
    try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO payload (record_id, shape_id, content) VALUES (?, ?, ?)"
    ).execute(arguments: [id, shape, DatabaseValue(bytes: content.encodedBytes())])
  }

  /// Forgets what is too old, a part of it at a time so that nobody waits.
  ///
  /// - Returns: whether there may be more.
  static func forget(
    recordsBefore: Int64, payloadsBefore: Int64, rowsMax: Int, in database: Database
  ) throws -> Bool {
    try database.execute(
      sql: """
        DELETE FROM payload WHERE record_id IN (
          SELECT record.id FROM record JOIN payload ON record_id = record.id
          WHERE started_at < ? ORDER BY started_at LIMIT ?)
        """, arguments: [payloadsBefore, rowsMax])
    var count = database.changesCount
    try database.execute(
      sql: """
        DELETE FROM record WHERE id IN (
          SELECT id FROM record WHERE started_at < ? ORDER BY started_at LIMIT ?)
        """, arguments: [recordsBefore, rowsMax])
    count = max(count, database.changesCount)
    try database.execute(
      sql: """
        DELETE FROM label WHERE (model, request_id, row, number) IN (
          SELECT model, request_id, row, number FROM label
          WHERE received_at < ? ORDER BY received_at LIMIT ?)
        """, arguments: [recordsBefore, rowsMax])
    return max(count, database.changesCount) == rowsMax
  }
}
