import ContentPolicy
import Contracts
import GRDB
import Storage
import Trust

/// One revision as it is kept; its content and its verdict are read apart.
struct RevisionRow: Sendable {
  let number: UInt32
  /// `submit`, `revise` or `rebind`.
  let cause: String
  let purpose: Purpose
  let templateRevision: UInt32
  let templateDigest: [UInt8]
  /// Empty for none.
  let bundle: String
  let workflow: String
  let workflowRevision: UInt32
  let isApprovable: Bool
  let seal: ReviewSeal
  let writer: PersonID?
  let writtenAt: Timestamp

  func bound(_ content: [UInt8]) -> BoundContent {
    BoundContent(
      content: content, channel: purpose.channel, locale: purpose.locale,
      audience: purpose.audience, format: purpose.format.rawValue, template: templateDigest,
      slot: purpose.slot, bundle: bundle, workflow: workflow, workflowRevision: workflowRevision)
  }
}

/// Rows of revisions.
enum RevisionTable {
  static func all(of item: String, in database: Database) throws -> [RevisionRow] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT revision.number, cause, channel, locale, audience, revision.format, template,
          template_revision, slot, bundle, workflow, workflow_revision, approvable, seal, writer,
          written_at, template.digest AS template_digest
        FROM revision LEFT JOIN template
          ON template.name = revision.template AND template.revision = template_revision
        WHERE item = ? ORDER BY number
        """, arguments: [item])
    return try rows.map { row in
      let writer: Int64? = row["writer"]
      return RevisionRow(
        number: row["number"], cause: row["cause"],
        purpose: try Purpose(
          Content.Purpose(
            channel: row["channel"], locale: row["locale"], audience: row["audience"],
            templateName: row["template"], slot: row["slot"], format: row["format"])),
        templateRevision: row["template_revision"],
        templateDigest: row.bytes(named: "template_digest"), bundle: row["bundle"],
        workflow: row["workflow"], workflowRevision: row["workflow_revision"],
        isApprovable: row["approvable"], seal: ReviewSeal(bytes: row.bytes(named: "seal")),
        writer: writer.map { PersonID(row: $0) },
        writtenAt: Timestamp(millisecondsSinceEpoch: row["written_at"]))
    }
  }

  static func add(
    _ row: RevisionRow, of item: String, content: [UInt8], verdict: [UInt8], key: ContentKey,
    in database: Database
  ) throws {
    guard row.number <= ContentLimits.revisionsMax else {
      throw ContentError.exhausted(
        "item `\(item)` has \(ContentLimits.revisionsMax) revisions: submit it as a new item")
    }
    try database.execute(
      sql: """
        INSERT INTO revision (item, number, cause, channel, locale, audience, format, template,
          template_revision, slot, bundle, workflow, workflow_revision, approvable, seal, content,
          verdict, writer, written_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        item, row.number, row.cause, row.purpose.channel, row.purpose.locale, row.purpose.audience,
        row.purpose.format.rawValue, row.purpose.template, row.templateRevision, row.purpose.slot,
        row.bundle, row.workflow, row.workflowRevision, row.isApprovable,
        DatabaseValue(bytes: row.seal.bytes),
        DatabaseValue(bytes: try key.seal(content, at: place(item, row.number, "content"))),
        DatabaseValue(bytes: try key.seal(verdict, at: place(item, row.number, "verdict"))),
        row.writer?.row, row.writtenAt.millisecondsSinceEpoch,
      ])
  }

  /// - Parameter column: `content` or `verdict`.
  /// - Throws: `failed` for what is not what was kept there.
  static func open(
    _ column: String, of item: String, _ number: UInt32, key: ContentKey, in database: Database
  ) throws -> [UInt8] {
    let row = try Row.fetchOne(
      database, sql: "SELECT content, verdict FROM revision WHERE item = ? AND number = ?",
      arguments: [item, number])
    guard let sealed = row?.bytes(named: column),
      let opened = key.open(sealed, at: place(item, number, column))
    else {
      throw ContentError.failed(
        cause: "the \(column) of revision \(number) of item `\(item)` is not what was kept")
    }
    return opened
  }

  private static func place(_ item: String, _ number: UInt32, _ column: String) -> String {
    "\(item)/\(number)/\(column)"
  }
}
