import Foundation
import GRDB
import Storage
import Testing

struct MigrationTests {
  private static let second = Migration(
    number: 2, name: "more", sql: "ALTER TABLE note ADD COLUMN more TEXT")

  private func open(_ path: String, _ migrations: [Migration]) async throws {
    try await Store.open(path: path, migrations: migrations).close()
  }

  @Test("steps are applied once, in order, and later ones on top")
  func applies() async throws {
    try await Fixture.withFolder { folder async throws in
      let path = folder + "/test.sqlite"
      try await open(path, [Fixture.notes])
      try await open(path, [Fixture.notes, Self.second])
      try await open(path, [Fixture.notes, Self.second])
      let store = try await Store.open(path: path, migrations: [Fixture.notes, Self.second])
      let names = try await store.read {
        try String.fetchAll($0, sql: "SELECT name FROM migration ORDER BY number")
      }
      #expect(names == ["notes", "more"])
      try await store.close()
    }
  }

  @Test("a file of a newer release is refused and left as it is")
  func refusesNewer() async throws {
    try await Fixture.withFolder { folder async throws in
      let path = folder + "/test.sqlite"
      try await open(path, [Fixture.notes, Self.second])
      await #expect(throws: StorageError.schemaNewer(path: path, found: 2, known: 1)) {
        try await open(path, [Fixture.notes])
      }
      try await open(path, [Fixture.notes, Self.second])
    }
  }

  @Test("a step whose text changed after it was applied is refused")
  func refusesChanged() async throws {
    try await Fixture.withFolder { folder async throws in
      let path = folder + "/test.sqlite"
      try await open(path, [Fixture.notes])
      let changed = Migration(number: 1, name: "notes", sql: Fixture.notes.sql + " ")
      await #expect(
        throws: StorageError.migrationChanged(path: path, number: 1, name: "notes")
      ) { try await open(path, [changed]) }
    }
  }

  @Test("a step that fails is undone as a whole and can be mended")
  func undoesFailures() async throws {
    try await Fixture.withFolder { folder async throws in
      let path = folder + "/test.sqlite"
      let broken = Migration(
        number: 2, name: "broken", sql: "CREATE TABLE half (id INTEGER); CREATE TABLE half (id);")
      let error = await #expect(throws: StorageError.self) {
        try await open(path, [Fixture.notes, broken])
      }
      guard case .migrationFailed(path, 2, "broken", _) = error else {
        Issue.record("unexpected \(String(describing: error))")
        return
      }
      try await open(
        path,
        [Fixture.notes, Migration(number: 2, name: "whole", sql: "CREATE TABLE half (id INTEGER)")])
    }
  }

  @Test("a step that someone took out of the records is missed")
  func refusesGaps() async throws {
    try await Fixture.withFolder { folder async throws in
      let path = folder + "/test.sqlite"
      let store = try await Store.open(path: path, migrations: [Fixture.notes, Self.second])
      try await store.write { try $0.execute(sql: "DELETE FROM migration WHERE number = 1") }
      try await store.close()
      await #expect(
        throws: StorageError.migrationMissing(path: path, number: 1, name: "notes")
      ) { try await open(path, [Fixture.notes, Self.second]) }
    }
  }
}
