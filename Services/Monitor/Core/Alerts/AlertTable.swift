import Contracts
import GRDB
import Storage

/// Rows of `watch`, `quiet_look` and `alert`.
enum AlertTable {
  static func watches(in database: Database) throws -> [Monitor.Watch] {
    try Row.fetchAll(database, sql: "SELECT content FROM watch ORDER BY model").map {
      try Monitor.Watch(decoding: $0.bytes(named: "content"))
    }
  }

  static func watch(of model: String, in database: Database) throws -> Monitor.Watch? {
    let row = try Row.fetchOne(
      database, sql: "SELECT content FROM watch WHERE model = ?", arguments: [model])
    return try row.map { try Monitor.Watch(decoding: $0.bytes(named: "content")) }
  }

  static func store(_ watch: Monitor.Watch, in database: Database) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO watch (model, content) VALUES (?, ?)",
      arguments: [watch.model, DatabaseValue(bytes: watch.encodedBytes())])
  }

  /// Surprises of quiet looks, oldest first.
  static func history(of model: String, max: Int, in database: Database) throws -> [Double] {
    let newest = try Double.fetchAll(
      database, sql: "SELECT surprise FROM quiet_look WHERE model = ? ORDER BY at DESC LIMIT ?",
      arguments: [model, max])
    return newest.reversed()
  }

  static func addQuietLook(
    _ surprise: Double, of model: String, at time: Int64, keeping countMax: Int,
    in database: Database
  ) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO quiet_look (model, at, surprise) VALUES (?, ?, ?)",
      arguments: [model, time, surprise])
    try database.execute(
      sql: """
        DELETE FROM quiet_look WHERE model = ? AND at <= (
          SELECT at FROM quiet_look WHERE model = ? ORDER BY at DESC LIMIT 1 OFFSET ?)
        """, arguments: [model, model, countMax])
  }

  /// Keeps a new alert under a number of its own.
  static func add(_ alert: Monitor.Alert, in database: Database) throws -> Monitor.Alert {
    try database.execute(
      sql: "INSERT INTO alert (model, content) VALUES (?, x'')", arguments: [alert.model])
    var kept = alert
    kept.id = UInt64(database.lastInsertedRowID)
    try store(kept, in: database)
    return kept
  }

  static func store(_ alert: Monitor.Alert, in database: Database) throws {
    try database.execute(
      sql: "UPDATE alert SET content = ? WHERE id = ?",
      arguments: [DatabaseValue(bytes: alert.encodedBytes()), Int64(clamping: alert.id)])
  }

  static func alert(_ id: UInt64, in database: Database) throws -> Monitor.Alert? {
    let row = try Row.fetchOne(
      database, sql: "SELECT content FROM alert WHERE id = ?", arguments: [Int64(clamping: id)])
    return try row.map { try Monitor.Alert(decoding: $0.bytes(named: "content")) }
  }

  /// Newest first.
  static func alerts(max: Int, in database: Database) throws -> [Monitor.Alert] {
    try Row.fetchAll(
      database, sql: "SELECT content FROM alert ORDER BY id DESC LIMIT ?", arguments: [max]
    ).map { try Monitor.Alert(decoding: $0.bytes(named: "content")) }
  }
}
