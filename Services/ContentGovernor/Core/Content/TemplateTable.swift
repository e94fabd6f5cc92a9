import Contracts
import GRDB
import Storage
import Trust

/// One revision of a template as it is kept.
struct TemplateRow: Sendable {
  let name: String
  let revision: UInt32
  let format: TemplateFormat
  let body: String
  let slots: [Content.Slot]
  let digest: [UInt8]
  let setter: PersonID
  let setAt: Timestamp
  let approver: PersonID?
  let approvedAt: Timestamp?

  init(_ row: Row) throws {
    guard let format = TemplateFormat(rawValue: row["format"]) else {
      throw ContentError.failed(cause: "a template has an unknown format")
    }
    self.format = format
    name = row["name"]
    revision = row["revision"]
    body = String(decoding: row.bytes(named: "body"), as: UTF8.self)
    slots = try Content.Template(decoding: row.bytes(named: "slots")).slots
    digest = row.bytes(named: "digest")
    setter = PersonID(row: row["setter"])
    setAt = Timestamp(millisecondsSinceEpoch: row["set_at"])
    let approver: Int64? = row["approver"]
    self.approver = approver.map { PersonID(row: $0) }
    let approvedAt: Int64? = row["approved_at"]
    self.approvedAt = approvedAt.map { Timestamp(millisecondsSinceEpoch: $0) }
  }

  func contract(in database: Database) throws -> Content.Template {
    let view = ItemView(database: database)
    return Content.Template(
      name: name, revision: revision, format: format.rawValue, body: Array(body.utf8),
      slots: slots, digest: digest, setBy: try view.name(setter), setAt: setAt.contract,
      approvedBy: try view.name(approver), approvedAt: approvedAt?.contract ?? 0)
  }
}

/// Rows of templates: each revision stays, because content was approved for it.
enum TemplateTable {
  static func read(
    _ name: String, _ revision: UInt32, in database: Database
  ) throws -> TemplateRow? {
    try Row.fetchOne(
      database, sql: "SELECT * FROM template WHERE name = ? AND revision = ?",
      arguments: [name, revision]
    ).map { try TemplateRow($0) }
  }

  /// The newest revision that somebody approved.
  static func approved(_ name: String, in database: Database) throws -> TemplateRow? {
    try Row.fetchOne(
      database,
      sql: """
        SELECT * FROM template WHERE name = ? AND approver IS NOT NULL
        ORDER BY revision DESC LIMIT 1
        """, arguments: [name]
    ).map { try TemplateRow($0) }
  }

  /// Every revision of one, newest first, or the newest of each.
  static func list(_ name: String, in database: Database) throws -> [TemplateRow] {
    let rows =
      name.isEmpty
      ? try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM template AS one WHERE revision =
            (SELECT max(revision) FROM template WHERE name = one.name) ORDER BY name
          """)
      : try Row.fetchAll(
        database, sql: "SELECT * FROM template WHERE name = ? ORDER BY revision DESC",
        arguments: [name])
    return try rows.map { try TemplateRow($0) }
  }

  static func add(
    _ template: Content.Template, digest: [UInt8], by person: PersonID, at now: Timestamp,
    in database: Database
  ) throws -> TemplateRow {
    let last = try UInt32.fetchOne(
      database, sql: "SELECT max(revision) FROM template WHERE name = ?",
      arguments: [template.name])
    let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM template") ?? 0
    guard count < ContentLimits.templatesMax else {
      throw ContentError.exhausted("expected at most \(ContentLimits.templatesMax) templates")
    }
    let revision = (last ?? 0) + 1
    try database.execute(
      sql: """
        INSERT INTO template (name, revision, format, body, slots, digest, setter, set_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        template.name, revision, template.format, DatabaseValue(bytes: template.body),
        DatabaseValue(bytes: Content.Template(slots: template.slots).encodedBytes()),
        DatabaseValue(bytes: digest), person.row, now.millisecondsSinceEpoch,
      ])
    guard let row = try read(template.name, revision, in: database) else {
      throw ContentError.failed(cause: "a template is not where it was written")
    }
    return row
  }
}
