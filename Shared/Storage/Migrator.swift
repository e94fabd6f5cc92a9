import GRDB

/// Brings a database to the schema that this release knows, or refuses to touch it.
///
/// The table `migration` keeps the whole text of each step that was applied, so that a changed step is
/// seen and an operator can read how the schema came to be.
struct Migrator {
  private let migrations: [Migration]
  private let path: String

  /// - Parameter migrations: numbered from 1 without gaps.
  init(_ migrations: [Migration], path: String) {
    precondition(
      migrations.map(\.number) == Array(1..<(migrations.count + 1)),
      "migrations must be numbered from 1 without gaps")
    self.migrations = migrations
    self.path = path
  }

  func run(in database: Database) throws {
    let applied = try appliedTexts(database)
    if let found = applied.keys.max(), found > migrations.count {
      throw StorageError.schemaNewer(path: path, found: found, known: migrations.count)
    }
    for migration in migrations where migration.number <= applied.keys.max() ?? 0 {
      guard let text = applied[migration.number] else {
        throw StorageError.migrationMissing(
          path: path, number: migration.number, name: migration.name)
      }
      // By bytes: `==` of strings holds some different texts equal.
      guard text.utf8.elementsEqual(migration.sql.utf8) else {
        throw StorageError.migrationChanged(
          path: path, number: migration.number, name: migration.name)
      }
    }
    for migration in migrations where applied[migration.number] == nil {
      try apply(migration, in: database)
    }
  }

  private func appliedTexts(_ database: Database) throws -> [Int: String] {
    guard try database.tableExists("migration") else { return [:] }
    let rows = try Row.fetchAll(database, sql: "SELECT number, sql FROM migration")
    return Dictionary(
      rows.map { ($0["number"] as Int, $0["sql"] as String) }, uniquingKeysWith: { one, _ in one })
  }

  private func apply(_ migration: Migration, in database: Database) throws {
    do {
      try database.inTransaction(.immediate) {
        try database.execute(
          sql: """
            CREATE TABLE IF NOT EXISTS migration (
              number INTEGER PRIMARY KEY,
              name TEXT NOT NULL,
              sql TEXT NOT NULL,
              applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
            ) STRICT
            """)
        try database.execute(sql: migration.sql)
        try database.execute(
          sql: "INSERT INTO migration (number, name, sql) VALUES (?, ?, ?)",
          arguments: [migration.number, migration.name, migration.sql])
        return .commit
      }
    } catch {
      let error = StorageError.translating(error, path: path)
      if error is StorageError { throw error }
      throw StorageError.migrationFailed(
        path: path, number: migration.number, name: migration.name, reason: "\(error)")
    }
  }
}
