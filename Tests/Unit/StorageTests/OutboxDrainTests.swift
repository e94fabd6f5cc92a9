import AuditLog
import Foundation
import Storage
import Synchronization
import Testing

struct OutboxDrainTests {
  private struct Away: Error {}

  /// A log as the drain sees it: knows entries by their bytes.
  private final class FakeLog: Sendable {
    let entries = Mutex<[[UInt8]]>([])
    let calls = Mutex(0)

    func append(_ some: [[UInt8]]) {
      calls.withLock { $0 += 1 }
      entries.withLock { entries in
        for entry in some where !entries.contains(entry) { entries.append(entry) }
      }
    }
  }

  private static func entry(_ number: Int, reason: String = "") throws -> AuditEntry {
    try AuditEntry(
      occurredAtMicroseconds: Int64(number), service: "registry", kind: .settingChange,
      actor: AuditReference(.person, "alice"), subject: AuditReference(.setting, "x\(number)"),
      reason: reason)
  }

  private func withStore(_ use: (Store) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/drain-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try await Store.open(
      path: folder + "/x.sqlite", migrations: [Outbox.migration(number: 1)])
    try await use(store)
    try await store.close()
  }

  private func add(_ entries: [AuditEntry], to store: Store) async throws {
    try await store.write { database in
      for entry in entries { try Outbox().append(entry, in: database) }
    }
  }

  @Test func `everything goes to the log once, in order, and the outbox is empty`() async throws {
    try await withStore { store in
      let entries = try (0..<2500).map { try Self.entry($0) }
      try await add(entries, to: store)
      let log = FakeLog()
      let drain = OutboxDrain(store: store) { log.append($0) }
      while try await drain.step() > 0 {}
      #expect(log.entries.withLock { $0 } == entries.map(\.canonicalBytes))
      #expect(try await store.read { try Outbox().rowCount(in: $0) } == 0)
    }
  }

  @Test func `what the log took and nobody acknowledged is handed on again, and not lost`()
    async throws
  {
    try await withStore { store in
      let entries = try (0..<5).map { try Self.entry($0) }
      try await add(entries, to: store)
      let log = FakeLog()
      // The answer is lost, as when either side is killed.
      let broken = OutboxDrain(store: store) {
        log.append($0)
        throw Away()
      }
      await #expect(throws: Away.self) { try await broken.step() }
      #expect(try await store.read { try Outbox().rowCount(in: $0) } == 5)
      let drain = OutboxDrain(store: store) { log.append($0) }
      #expect(try await drain.step() == 5)
      #expect(log.entries.withLock { $0 } == entries.map(\.canonicalBytes))
      #expect(log.calls.withLock { $0 } == 2)
    }
  }

  @Test func `a call carries no more than its bytes allow, and one long entry at least`()
    async throws
  {
    try await withStore { store in
      let long = String(repeating: "r", count: 4096)
      try await add(try (0..<600).map { try Self.entry($0, reason: long) }, to: store)
      let sizes = Mutex<[Int]>([])
      let drain = OutboxDrain(store: store) { entries in
        sizes.withLock { $0.append(entries.reduce(0) { $0 + $1.count }) }
      }
      while try await drain.step() > 0 {}
      #expect(sizes.withLock { $0.count } > 2)
      #expect(sizes.withLock { $0 }.allSatisfy { $0 <= OutboxDrain.bytesMax })
    }
  }

  @Test func `it goes on by itself once the log is back`() async throws {
    try await withStore { store in
      try await add([Self.entry(1)], to: store)
      let log = FakeLog()
      let refusals = Mutex(3)
      let causes = Mutex<[String]>([])
      let drain = OutboxDrain(store: store) { entries in
        let isAway = refusals.withLock { count in
          count -= 1
          return count >= 0
        }
        if isAway { throw Away() }
        log.append(entries)
      }
      let report: @Sendable (String) -> Void = { cause in causes.withLock { $0.append(cause) } }
      await withTaskGroup { group in
        group.addTask { await drain.run(report: report) }
        while log.entries.withLock({ $0.isEmpty }) { await Task.yield() }
        group.cancelAll()
      }
      #expect(causes.withLock { $0.count } == 1)
    }
  }
}
