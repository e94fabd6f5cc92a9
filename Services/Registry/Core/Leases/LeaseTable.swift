import Contracts
import GRDB

/// Rows of leases. Their times and loads are not kept: after a restart each has its whole time again.
enum LeaseTable {
  static func list(_ db: Database) throws -> [Registry.Lease] {
    try Row.fetchAll(db, sql: "SELECT * FROM lease ORDER BY worker_id").map(lease)
  }

  static func set(_ db: Database, _ lease: Registry.Lease) throws {
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO lease (worker_id, model, version, endpoint, state, acquired_at,
          process_id, host)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        lease.workerID, lease.model, lease.version, lease.endpoint, lease.state,
        lease.acquiredAt, lease.processID, lease.host,
      ])
  }

  static func delete(_ db: Database, workerID: String) throws {
    try db.execute(sql: "DELETE FROM lease WHERE worker_id = ?", arguments: [workerID])
  }

  private static func lease(_ row: Row) -> Registry.Lease {
    Registry.Lease(
      workerID: row["worker_id"], model: row["model"], version: row["version"],
      endpoint: row["endpoint"], state: row["state"], acquiredAt: row["acquired_at"],
      processID: row["process_id"], host: row["host"])
  }
}
