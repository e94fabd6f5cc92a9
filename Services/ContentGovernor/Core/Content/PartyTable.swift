import GRDB
import Storage

/// Rows of people and items with their secrets.
enum PartyTable {
  static let personKind = "person"
  static let itemKind = "item"

  /// The person of that name, made at the first mention.
  static func person(named name: String, in database: Database) throws -> PersonID {
    if let found = try known(name, in: database) { return found }
    return PersonID(row: try add(kind: personKind, name: name, in: database))
  }

  /// Nil for a name that was never mentioned, or was erased.
  static func known(_ name: String, in database: Database) throws -> PersonID? {
    try Int64.fetchOne(
      database, sql: "SELECT id FROM party WHERE kind = ? AND name = ?",
      arguments: [personKind, name]
    ).map { PersonID(row: $0) }
  }

  /// A new row, with a new secret.
  static func add(kind: String, name: String, in database: Database) throws -> Int64 {
    try database.execute(
      sql: "INSERT INTO party (kind, name, secret) VALUES (?, ?, ?)",
      arguments: [kind, name, DatabaseValue(bytes: ContentKey.newSecret())])
    return database.lastInsertedRowID
  }

  /// Nil for whoever was erased.
  static func name(of person: PersonID, in database: Database) throws -> String? {
    try String.fetchOne(
      database, sql: "SELECT name FROM party WHERE id = ?", arguments: [person.row])
  }

  /// Nil once destroyed.
  static func secret(of row: Int64, in database: Database) throws -> [UInt8]? {
    let found = try Row.fetchOne(
      database, sql: "SELECT secret FROM party WHERE id = ? AND secret IS NOT NULL",
      arguments: [row])
    guard let bytes = found?.bytes(named: "secret"), bytes.count == ContentKey.secretBytes else {
      return nil
    }
    return bytes
  }

  /// Destroys name and secret.
  static func erase(_ row: Int64, in database: Database) throws {
    try database.execute(
      sql: "UPDATE party SET name = NULL, secret = NULL WHERE id = ?", arguments: [row])
  }
}
