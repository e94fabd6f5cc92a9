import Foundation
import GRDB
import Storage
import Testing

struct StoreTests {
  @Test("a store writes ahead, syncs every commit, checks foreign keys and is closed to others")
  func configures() async throws {
    try await Fixture.withStore { store async throws in
      let settings = try await store.write { database in
        try ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"].map {
          try String.fetchOne(database, sql: "PRAGMA \($0)")
        }
      }
      #expect(settings == ["wal", "2", "1", "5000"])
      for suffix in ["", "-wal", "-shm"] {
        let attributes = try FileManager.default.attributesOfItem(atPath: store.path + suffix)
        #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
      }
    }
  }

  @Test("what was written is there after closing and opening again")
  func persists() async throws {
    try await Fixture.withFolder { folder async throws in
      let path = folder + "/test.sqlite"
      let store = try await Store.open(path: path, migrations: Fixture.migrations)
      try await store.write { try Fixture.insert("one", in: $0) }
      try await store.close()
      await #expect(throws: StorageError.closed(path: path)) {
        try await store.write { try Fixture.insert("two", in: $0) }
      }
      let again = try await Store.open(path: path, migrations: Fixture.migrations)
      #expect(try await Fixture.texts(again) == ["one"])
      try await again.close()
    }
  }

  @Test("of many writes at once, those that throw are undone alone and the others stay")
  func isolatesFailures() async throws {
    try await Fixture.withStore { store async throws in
      let failures = await withTaskGroup(of: Bool.self) { group in
        for number in 0..<300 {
          group.addTask {
            do {
              try await store.write { database in
                try Fixture.insert("note \(number)", in: database)
                if number.isMultiple(of: 3) { throw Objection() }
              }
              return false
            } catch {
              return error is Objection
            }
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(failures == 100)
      let expected = Set((0..<300).filter { !$0.isMultiple(of: 3) }.map { "note \($0)" })
      #expect(Set(try await Fixture.texts(store)) == expected)
    }
  }

  @Test("a write that only the commit refuses does not take its neighbours with it")
  func isolatesCommitFailures() async throws {
    try await Fixture.withStore { store async throws in
      let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
        for number in 0..<60 {
          group.addTask {
            do {
              try await store.write { database in
                try Fixture.insert("note \(number)", in: database)
                if number == 30 {
                  try database.execute(sql: "INSERT INTO remark (note) VALUES (999999)")
                }
              }
              return (number, true)
            } catch {
              return (number, false)
            }
          }
        }
        return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
      }
      #expect(outcomes.filter { !$0.value }.map(\.key) == [30])
      #expect(try await Fixture.texts(store).count == 59)
    }
  }

  @Test("a caller's own mistake in SQL stays GRDB's error")
  func passesErrorsOn() async throws {
    try await Fixture.withStore { store async throws in
      try await store.write { try Fixture.insert("one", in: $0) }
      let error = await #expect(throws: DatabaseError.self) {
        try await store.write { try Fixture.insert("one", in: $0) }
      }
      #expect(error?.resultCode == .SQLITE_CONSTRAINT)
    }
  }

  @Test("a cancelled task's write is still committed once it has begun to wait")
  func ignoresCancellation() async throws {
    try await Fixture.withStore { store async throws in
      let task = Task { try await store.write { try Fixture.insert("one", in: $0) } }
      task.cancel()
      try await task.value
      #expect(try await Fixture.texts(store) == ["one"])
    }
  }

  @Test("a file that is no database, or damaged, is refused by its path")
  func refusesOtherFiles() async throws {
    try await Fixture.withFolder { folder async throws in
      let path = folder + "/test.sqlite"
      try Data(String(repeating: "not a database. ", count: 400).utf8).write(
        to: URL(fileURLWithPath: path))
      let error = await #expect(throws: StorageError.self) {
        try await Store.open(path: path, migrations: Fixture.migrations)
      }
      guard case .corrupt(path, _) = error else {
        Issue.record("unexpected \(String(describing: error))")
        return
      }
    }
  }

  @Test("a missing folder is refused by its path")
  func refusesMissingFolders() async throws {
    try await Fixture.withFolder { folder async throws in
      let path = folder + "/none/test.sqlite"
      let error = await #expect(throws: StorageError.self) {
        try await Store.open(path: path, migrations: [])
      }
      guard case .cannotOpen(path, _) = error else {
        Issue.record("unexpected \(String(describing: error))")
        return
      }
    }
  }
}
