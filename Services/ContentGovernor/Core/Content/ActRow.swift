import GRDB
import Storage
import Trust

/// One act of an item's history as it is kept.
struct ActRow: Sendable {
  let number: Int
  /// As the contracts call it.
  let kind: String
  let revision: UInt32
  let actor: PersonID?
  let at: Timestamp
  let until: Timestamp?
  let sealedText: [UInt8]
}

/// Rows of acts.
enum ActTable {
  static func all(of item: String, in database: Database) throws -> [ActRow] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM act WHERE item = ? ORDER BY number", arguments: [item]
    ).map { row in
      let actor: Int64? = row["actor"]
      let until: Int64? = row["until"]
      return ActRow(
        number: row["number"], kind: row["kind"], revision: row["revision"],
        actor: actor.map { PersonID(row: $0) },
        at: Timestamp(millisecondsSinceEpoch: row["at"]),
        until: until.map { Timestamp(millisecondsSinceEpoch: $0) },
        sealedText: row.bytes(named: "text"))
    }
  }

  static func add(_ act: ActRow, of item: String, in database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO act (item, number, kind, revision, actor, at, until, text)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        item, act.number, act.kind, act.revision, act.actor?.row, act.at.millisecondsSinceEpoch,
        act.until?.millisecondsSinceEpoch, DatabaseValue(bytes: act.sealedText),
      ])
  }

  static func place(_ item: String, _ number: Int) -> String { "\(item)/act/\(number)" }
}
