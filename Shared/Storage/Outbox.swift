package import AuditLog
package import GRDB

/// The table in which audit entries wait for the transparency log, in order.
///
/// A service appends in the transaction of the change itself, so there is no change without its entry
/// and no entry without its change. The drain reads, hands on, and acknowledges once the log has them
/// on disk; handing on twice is harmless, because the log knows entries by their identifier.
package struct Outbox: Sendable {
  /// At 64 KiB an entry at worst 6.5 GB, at a usual 500 bytes 50 MB: days of changes, not of calls.
  package static let rowsMaxDefault = 100_000
  /// What a reader takes at once.
  package static let readMax = 1024

  private let rowsMax: Int

  package init(rowsMax: Int = Outbox.rowsMaxDefault) {
    self.rowsMax = rowsMax
  }

  /// The step of a service's schema that makes the table.
  package static func migration(number: Int) -> Migration {
    Migration(
      number: number, name: "outbox",
      sql: """
        CREATE TABLE outbox (
          sequence INTEGER PRIMARY KEY AUTOINCREMENT,
          identifier TEXT NOT NULL UNIQUE,
          entry BLOB NOT NULL
        ) STRICT;
        """)
  }

  /// Adds `entry` to the transaction that `database` is in.
  /// - Throws: `StorageError.outboxFull`; let it undo the transaction.
  package func append(_ entry: AuditEntry, in database: Database) throws {
    precondition(database.isInsideTransaction, "append belongs into the transaction of the change")
    guard try rowCount(in: database) < rowsMax else {
      throw StorageError.outboxFull(rowsMax: rowsMax)
    }
    try database.execute(
      sql: "INSERT INTO outbox (identifier, entry) VALUES (?, ?)",
      arguments: [entry.identifier.description, DatabaseValue(bytes: entry.canonicalBytes)])
  }

  /// The oldest entries that no one acknowledged, in the order of their transactions.
  /// - Parameter limit: at most `readMax` rows come back, whatever it says.
  package func pending(limit: Int = Outbox.readMax, in database: Database) throws -> [OutboxRow] {
    let rows = try Row.fetchAll(
      database, sql: "SELECT sequence, entry FROM outbox ORDER BY sequence LIMIT ?",
      arguments: [min(limit, Self.readMax)])
    return try rows.map { row in
      let sequence: Int64 = row["sequence"]
      do {
        return OutboxRow(
          sequence: sequence, entry: try AuditEntry(canonicalBytes: row.bytes(named: "entry")))
      } catch {
        throw StorageError.outboxRowDamaged(sequence: sequence, reason: "\(error)")
      }
    }
  }

  /// Forgets the entries up to and including `sequence`, which the log has on disk.
  package func acknowledge(through sequence: Int64, in database: Database) throws {
    try database.execute(sql: "DELETE FROM outbox WHERE sequence <= ?", arguments: [sequence])
  }

  /// How many entries wait. Takes the same time however many: sequences have no gaps, because they
  /// are given and taken back with the transaction and acknowledged from the front.
  package func rowCount(in database: Database) throws -> Int {
    let count = try Int.fetchOne(
      database,
      sql: """
        SELECT coalesce(
          (SELECT max(sequence) FROM outbox) - (SELECT min(sequence) FROM outbox) + 1, 0)
        """)
    return count ?? 0
  }
}
