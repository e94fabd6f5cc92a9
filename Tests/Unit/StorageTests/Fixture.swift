import AuditLog
import Foundation
import GRDB
import Storage

enum Fixture {
  static let notes = Migration(
    number: 1, name: "notes",
    sql: """
      CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE remark (
        note INTEGER NOT NULL REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED
      ) STRICT;
      """)

  static let migrations = [notes, Outbox.migration(number: 2)]

  static func entry(_ name: String) throws -> AuditEntry {
    try AuditEntry(
      occurredAtMicroseconds: 1_795_405_286_000_000, service: "test", kind: .settingChange,
      actor: AuditReference(.service, "test"), subject: AuditReference(.setting, name))
  }

  /// Runs `body` with the path of an empty folder that is removed afterwards.
  static func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("slipway-storage-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }

  /// Runs `body` with an open store and its path.
  static func withStore<Value>(
    migrations: [Migration] = migrations, _ body: (Store) async throws -> Value
  ) async throws -> Value {
    try await withFolder { folder async throws in
      let store = try await Store.open(path: folder + "/test.sqlite", migrations: migrations)
      let value = try await body(store)
      try await store.close()
      return value
    }
  }

  static func insert(_ text: String, in database: Database) throws {
    try database.execute(sql: "INSERT INTO note (text) VALUES (?)", arguments: [text])
  }

  static func texts(_ store: Store) async throws -> [String] {
    try await store.read { try String.fetchAll($0, sql: "SELECT text FROM note ORDER BY id") }
  }
}

/// What a test's own write throws.
struct Objection: Error, Equatable {}
