import AuditLog
import Foundation
import GRDB
import Storage
import Testing

struct OutboxTests {
  private let outbox = Outbox(rowsMax: 5)

  @Test("entries come out in the order of their transactions and go when acknowledged")
  func drains() async throws {
    try await Fixture.withStore { [outbox] store async throws in
      let entries = try (0..<4).map { try Fixture.entry("s\($0)") }
      for entry in entries {
        try await store.write { try outbox.append(entry, in: $0) }
      }
      let rows = try await store.read { try outbox.pending(in: $0) }
      #expect(rows.map(\.entry) == entries)
      #expect(rows.map(\.sequence) == [1, 2, 3, 4])
      #expect(try await store.read { try outbox.pending(limit: 2, in: $0).count } == 2)
      try await store.write { try outbox.acknowledge(through: 3, in: $0) }
      #expect(try await store.read { try outbox.pending(in: $0).map(\.sequence) } == [4])
      try await store.write { try outbox.acknowledge(through: 4, in: $0) }
      #expect(try await store.read { try outbox.rowCount(in: $0) } == 0)
      // Sequences are never used twice, not even after the table was empty.
      try await store.write { try outbox.append(Fixture.entry("next"), in: $0) }
      #expect(try await store.read { try outbox.pending(in: $0).map(\.sequence) } == [5])
    }
  }

  @Test("there is no change without its entry and no entry without its change")
  func sharesTheTransaction() async throws {
    try await Fixture.withStore { [outbox] store async throws in
      await #expect(throws: Objection.self) {
        try await store.write { database in
          try Fixture.insert("one", in: database)
          try outbox.append(Fixture.entry("one"), in: database)
          throw Objection()
        }
      }
      #expect(try await Fixture.texts(store).isEmpty)
      #expect(try await store.read { try outbox.rowCount(in: $0) } == 0)
    }
  }

  @Test("a full outbox refuses the change, until something is acknowledged")
  func refusesWhenFull() async throws {
    try await Fixture.withStore { [outbox] store async throws in
      @Sendable func change(_ name: String) async throws {
        try await store.write { database in
          try Fixture.insert(name, in: database)
          try outbox.append(Fixture.entry(name), in: database)
        }
      }
      for number in 0..<5 { try await change("n\(number)") }
      await #expect(throws: StorageError.outboxFull(rowsMax: 5)) { try await change("n5") }
      #expect(try await Fixture.texts(store).count == 5)
      try await store.write { try outbox.acknowledge(through: 1, in: $0) }
      try await change("n5")
      #expect(try await store.read { try outbox.rowCount(in: $0) } == 5)
    }
  }

  @Test("the same entry twice is refused")
  func refusesTwice() async throws {
    try await Fixture.withStore { [outbox] store async throws in
      let entry = try Fixture.entry("one")
      try await store.write { try outbox.append(entry, in: $0) }
      await #expect(throws: DatabaseError.self) {
        try await store.write { try outbox.append(entry, in: $0) }
      }
    }
  }

  @Test("a damaged row is named and nothing is handed on")
  func namesDamage() async throws {
    try await Fixture.withStore { [outbox] store async throws in
      try await store.write { try outbox.append(Fixture.entry("one"), in: $0) }
      try await store.write {
        try $0.execute(sql: "UPDATE outbox SET entry = substr(entry, 2)")
      }
      let error = await #expect(throws: StorageError.self) {
        try await store.read { try outbox.pending(in: $0) }
      }
      guard case .outboxRowDamaged(1, _) = error else {
        Issue.record("unexpected \(String(describing: error))")
        return
      }
    }
  }

  @Test("random changes, failures and acknowledgements keep count, order and bound")
  func keepsItsInvariants() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var state = seed
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    try await Fixture.withStore { [outbox] store async throws in
      var expected: [AuditEntry] = []
      for step in 0..<200 {
        let entry = try Fixture.entry("s\(step)")
        switch next(4) {
        case 0, 1:
          let isFull = expected.count == 5
          do {
            try await store.write { try outbox.append(entry, in: $0) }
            #expect(!isFull, "seed \(seed)")
            expected.append(entry)
          } catch StorageError.outboxFull {
            #expect(isFull, "seed \(seed)")
          }
        case 2:
          try? await store.write { database in
            try outbox.append(entry, in: database)
            throw Objection()
          }
        default:
          let rows = try await store.read { try outbox.pending(in: $0) }
          let taken = Int(next(UInt64(rows.count + 1)))
          if taken > 0 {
            try await store.write {
              try outbox.acknowledge(through: rows[taken - 1].sequence, in: $0)
            }
            expected.removeFirst(taken)
          }
        }
        let rows = try await store.read { try outbox.pending(in: $0) }
        #expect(rows.map(\.entry) == expected, "seed \(seed)")
        let count = try await store.read { try outbox.rowCount(in: $0) }
        #expect(count == expected.count, "seed \(seed)")
      }
    }
  }
}
