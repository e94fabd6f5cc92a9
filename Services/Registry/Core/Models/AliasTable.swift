import Contracts
import GRDB

/// Rows of aliases.
enum AliasTable {
  static func list(_ db: Database, model: String) throws -> [Registry.Alias] {
    let rows = try Row.fetchAll(
      db, sql: "SELECT name, version FROM alias WHERE model = ? ORDER BY name", arguments: [model])
    return rows.map { Registry.Alias(name: $0["name"], version: $0["version"]) }
  }

  static func version(_ db: Database, model: String, alias: String) throws -> UInt32? {
    try UInt32.fetchOne(
      db, sql: "SELECT version FROM alias WHERE model = ? AND name = ?", arguments: [model, alias])
  }

  static func set(_ db: Database, model: String, alias: Registry.Alias) throws {
    try db.execute(
      sql: """
        INSERT INTO alias (model, name, version) VALUES (?, ?, ?)
        ON CONFLICT (model, name) DO UPDATE SET version = excluded.version
        """, arguments: [model, alias.name, alias.version])
  }
}
