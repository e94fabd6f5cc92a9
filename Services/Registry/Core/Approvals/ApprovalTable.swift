import Contracts
import Foundation
import GRDB
import Trust

/// Rows of approvals. Only their envelopes prove anything; the other columns are for tables.
enum ApprovalTable {
  static func summaries(
    _ db: Database, model: String, version: UInt32
  ) throws -> [Registry.ApprovalSummary] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT key_id, environment, principal, approved_at, expires_at FROM approval
        WHERE model = ? AND version = ? ORDER BY environment, approved_at, key_id
        """, arguments: [model, version])
    return rows.map { row in
      Registry.ApprovalSummary(
        keyID: row["key_id"], environment: row["environment"], principal: row["principal"],
        approvedAt: row["approved_at"], expiresAt: row["expires_at"])
    }
  }

  /// Every envelope of a version, oldest first; one that several people signed is there once.
  static func envelopes(_ db: Database, model: String, version: UInt32) throws -> [[UInt8]] {
    let rows = try Data.fetchAll(
      db,
      sql: """
        SELECT envelope FROM approval WHERE model = ? AND version = ?
        GROUP BY envelope ORDER BY min(approved_at), envelope
        """, arguments: [model, version])
    return rows.map { [UInt8]($0) }
  }

  static func envelope(
    _ db: Database, model: String, version: UInt32, environment: String, keyID: String
  ) throws -> [UInt8]? {
    try Data.fetchOne(
      db,
      sql: """
        SELECT envelope FROM approval
        WHERE model = ? AND version = ? AND environment = ? AND key_id = ?
        """, arguments: [model, version, environment, keyID]
    ).map { [UInt8]($0) }
  }

  static func count(_ db: Database, model: String, version: UInt32) throws -> Int {
    try Int.fetchOne(
      db, sql: "SELECT count(*) FROM approval WHERE model = ? AND version = ?",
      arguments: [model, version]) ?? 0
  }

  /// A later approval with the same key replaces the earlier one.
  static func set(
    _ db: Database, model: String, version: UInt32, _ summary: Registry.ApprovalSummary,
    envelope: [UInt8]
  ) throws {
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO approval (model, version, environment, key_id, principal, envelope,
          approved_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        model, version, summary.environment, summary.keyID, summary.principal, Data(envelope),
        summary.approvedAt, summary.expiresAt,
      ])
  }
}
