import AuditLog
import Contracts
import GRDB
import Trust

/// Rows of who has got what.
enum DeliveryTable {
  /// Writes down that somebody takes the newest revision; a second time changes nothing.
  ///
  /// - Returns: what was written down, and what the log is told of it if it is new.
  static func add(
    _ record: ItemRecord, to recipient: PersonID, at now: Timestamp, in database: Database
  ) throws -> (contract: Content.Delivery, change: ContentChange?) {
    let view = ItemView(database: database)
    let (revision, name) = (record.current.number, try view.name(recipient))
    try database.execute(
      sql: "INSERT OR IGNORE INTO delivery (item, revision, recipient, at) VALUES (?, ?, ?, ?)",
      arguments: [record.id, revision, recipient.row, now.millisecondsSinceEpoch])
    let isNew = database.changesCount == 1
    let author = try view.name(record.author)
    return (
      Content.Delivery(
        item: record.id, revision: revision, recipient: name, at: now.contract),
      isNew
        ? ContentChange(
          action: .itemDeliver, actor: name, subject: AuditReference(.item, record.id),
          after: [
            "revision": .integer(Int64(revision)), "seal": .string(record.current.seal.text),
          ].merging(author.isEmpty ? [:] : ["author": .string(author)]) { one, _ in one }) : nil
    )
  }

  static func list(of item: String, in database: Database) throws -> [Content.Delivery] {
    try rows("item = ?", item, in: database)
  }

  static func list(to person: PersonID, in database: Database) throws -> [Content.Delivery] {
    try rows("recipient = ?", person.row, in: database)
  }

  private static func rows(
    _ condition: String, _ value: some DatabaseValueConvertible, in database: Database
  ) throws -> [Content.Delivery] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT item, revision, party.name AS recipient, at FROM delivery
        JOIN party ON party.id = delivery.recipient WHERE \(condition) ORDER BY at, item LIMIT ?
        """, arguments: [value, ContentLimits.deliveriesMax])
    return rows.map { row in
      let recipient: String? = row["recipient"]
      return Content.Delivery(
        item: row["item"], revision: row["revision"], recipient: recipient ?? "",
        at: Timestamp(millisecondsSinceEpoch: row["at"]).contract)
    }
  }
}

extension ItemRecord {
  /// The content that the audience may have now.
  ///
  /// - Throws: `refused` unless it is released, and its time is not over.
  func released(at now: Timestamp, in database: Database) throws -> [UInt8] {
    guard case .released = itemCase.phase, itemCase.due(at: now) == nil,
      let key = try key(in: database), let content = try content(current.number, in: database),
      key.seal(of: current.bound(content)) == itemCase.revision.seal
    else { throw ContentError.refused("item `\(id)` is not released") }
    return content
  }
}
