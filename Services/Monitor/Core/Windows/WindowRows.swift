import Contracts
import GRDB
import Storage

/// Reads the rows of a window, newest first.
enum WindowRows {
  /// Calls `visit` with each row until it says `false` or `rowsMax` were visited.
  static func read(
    _ condition: WindowCondition, rowsMax: Int, in database: Database,
    _ visit: (WindowRow) throws -> Bool
  ) throws {
    let cursor = try Row.fetchCursor(
      database,
      sql: """
        SELECT record.id, record.request_id, record.version, record.key_id, record.principal,
          record.started_at, payload.shape_id, payload.content
        FROM record JOIN payload ON payload.record_id = record.id
        WHERE \(condition.sql) ORDER BY record.started_at DESC, record.id DESC
        """, arguments: condition.arguments)
    var shapes: [Int64: RowShape] = [:]
    var count = 0
    while let found = try cursor.next() {
      let shapeID: Int64 = found["shape_id"]
      let shape = try shapes[shapeID] ?? self.shape(shapeID, in: database)
      shapes[shapeID] = shape
      guard let stored = try? Monitor.StoredRows(decoding: found.bytes(named: "content")),
        stored.numbers.count == Int(stored.rows) * shape.numberCount,
        stored.texts.count == Int(stored.rows) * shape.textCount
      else { throw MonitorError.failed(cause: "record \(found["id"] as Int64) is damaged") }
      for row in 0..<Int(stored.rows) {
        let one = WindowRow(
          recordID: found["id"], requestID: found["request_id"], row: UInt32(row),
          version: found["version"], keyID: found["key_id"], principal: found["principal"],
          startedAt: found["started_at"], shape: shape,
          numbers: stored.numbers[(row * shape.numberCount)..<((row + 1) * shape.numberCount)],
          texts: stored.texts[(row * shape.textCount)..<((row + 1) * shape.textCount)])
        if let (name, value) = condition.column, one.text(name) != CanonicalText.of(value),
          one.text(name) != value
        {
          continue
        }
        guard count < rowsMax, try visit(one) else { return }
        count += 1
      }
    }
  }

  private static func shape(_ id: Int64, in database: Database) throws -> RowShape {
    let row = try Row.fetchOne(
      database, sql: "SELECT columns FROM shape WHERE id = ?", arguments: [id])
    guard let row, let schema = try? Monitor.StoredSchema(decoding: row.bytes(named: "columns"))
    else { throw MonitorError.failed(cause: "shape \(id) is damaged") }
    return RowShape(schema)
  }
}
