import AuditLog
import GRDB
import Storage

/// What queries need, written after the entries themselves so that no append waits for it.
struct LogIndex: Sendable {
  /// Entries of one transaction: others' commits wait for so many at most.
  private static let stepEntriesMax = 1024

  let store: Store

  /// Indexes what is not indexed yet.
  func catchUp() async throws {
    while try await step() {}
  }

  /// Returns whether there may be more.
  private func step() async throws -> Bool {
    let (size, indexed) = try await store.read { try Self.position(in: $0) }
    guard indexed < size else { return false }
    return try await store.write { database in
      let (size, indexed) = try Self.position(in: database)
      let end = min(size, indexed + Self.stepEntriesMax)
      let entries = try LogReader.entries(indexed..<end, in: database)
      let mention = try database.cachedStatement(
        sql: "INSERT OR IGNORE INTO mention (party, idx, at) VALUES (?, ?, ?)")
      let moment = try database.cachedStatement(sql: "INSERT INTO moment (at, idx) VALUES (?, ?)")
      for entry in entries {
        let beside = entry.beside
        for party in beside.parties + [beside.kind] {
          try mention.execute(arguments: [party, entry.index, beside.occurredAt])
        }
        try moment.execute(arguments: [beside.occurredAt, entry.index])
      }
      try database.cachedStatement(sql: "UPDATE head SET indexed = ? WHERE id = 1")
        .execute(arguments: [end])
      return end < size
    }
  }

  private static func position(in database: Database) throws -> (size: Int, indexed: Int) {
    guard let row = try Row.fetchOne(database, sql: "SELECT size, indexed FROM head") else {
      throw LogError.failed(cause: "the log's database has no head")
    }
    return (row["size"], row["indexed"])
  }
}
