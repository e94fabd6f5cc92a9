import GRDB

/// Counts that are kept for people to look at.
enum TallyTable {
  static let unreadable = "unreadable"
  /// Before the name of a gateway's process.
  static let dropped = "dropped:"

  static func add(_ count: Int, to name: String, in database: Database) throws {
    guard count > 0 else { return }
    try database.cachedStatement(
      sql: """
        INSERT INTO tally (name, count) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET count = count + excluded.count
        """
    ).execute(arguments: [name, count])
  }

  /// Sets a count that only grows.
  static func raise(_ name: String, to count: UInt64, in database: Database) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO tally (name, count) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET count = max(count, excluded.count)
        """
    ).execute(arguments: [name, Int64(clamping: count)])
  }

  /// The sum of all counts whose names begin so.
  static func sum(_ prefix: String, in database: Database) throws -> UInt64 {
    let sum = try Int64.fetchOne(
      database, sql: "SELECT sum(count) FROM tally WHERE substr(name, 1, ?) = ?",
      arguments: [prefix.count, prefix])
    return UInt64(clamping: sum ?? 0)
  }
}
