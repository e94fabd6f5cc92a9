import AuditLog
import ContentPolicy
import Contracts
import Foundation
import GRDB
import Storage
import Testing
import Trust

@testable import ContentGovernorCore

struct ErasureTests {
  private static let name = "zaphod-beeblebrox"

  @Test func `content, reasons and findings are on no disk as they are`() async throws {
    try await ContentHouse.run { house in
      house.policy.bind("sha256:one", words: ["unicorn": .hold])
      let item = try await house.released("Our unicorn shoes", about: [Self.name])
      _ = try await house.fetch(item)
      for secret in ["unicorn", "because of grace"] {
        #expect(try !house.isOnDisk(secret), "\(secret)")
      }
    }
  }

  @Test func `the log is told no content, no reason and no plain digest`() async throws {
    try await ContentHouse.run { house in
      let item = try await house.released("Our unicorn shoes", about: [Self.name])
      _ = try await house.desk.items.recall(
        .init(requestKey: "k", item: item.id, reason: "unicorns bite"), by: ContentHouse.grace)
      let content = Array("Our unicorn shoes".utf8)
      let digests = [
        ContentDigest(of: content).hex,
        ContentDigest(bytes: item.revision?.digest ?? [])?.hex ?? "",
      ]
      let entries = try await house.desk.pendingEntries()
      #expect(entries.count == 6)
      for entry in entries {
        let text = String(decoding: entry.canonicalBytes, as: UTF8.self)
        for secret in ["unicorn", "because of", Self.name] + digests {
          #expect(!text.contains(secret), "\(entry.kind): \(secret)")
        }
      }
    }
  }

  @Test func `a person is told everything that is kept about them`() async throws {
    try await ContentHouse.run { house in
      let about = try await house.released("Zaphod says yes", about: [Self.name])
      let zaphod = Asker(name: Self.name, roles: ["developer"])
      _ = try await house.fetch(about, by: zaphod)
      let own = try await house.desk.items.submit(
        .init(
          requestKey: "k",
          purpose: .init(channel: "email", locale: "de-DE", audience: "everyone"),
          content: Array("My words".utf8), reason: "please"), by: zaphod)
      try await house.flush()
      let subject = try await house.desk.subjects.subject(named: Self.name)
      #expect(subject.about.map(\.id) == [about.id])
      #expect(subject.about.first?.revision?.content == Array("Zaphod says yes".utf8))
      #expect(subject.written.map(\.id) == [own.id])
      #expect(subject.acts.map(\.text) == ["please"])
      #expect(subject.deliveries.map(\.item) == [about.id])
      #expect(subject.logEntries == 2)
      #expect(try await house.desk.subjects.subject(named: "nobody").logEntries == 0)
    }
  }

  @Test func `whoever is erased is nowhere on disk, and the log still verifies`() async throws {
    try await ContentHouse.run { house in
      let about = try await house.released("Zaphod says yes", about: [Self.name])
      let other = try await house.submit("Buy our shoes")
      let zaphod = Asker(name: Self.name, roles: ["developer", "approver"])
      _ = try await house.fetch(about, by: zaphod)
      _ = try await house.desk.items.comment(
        .init(requestKey: "k", item: other.id, text: "I like it"), by: zaphod)
      try await house.flush()
      let kept = try house.log.checkpoint()
      let answer = try await house.erase(Self.name)
      #expect(answer.items == [about.id] && answer.erased == 2)
      #expect(try !house.isOnDisk(Self.name))
      #expect(try await house.erase(Self.name).erased == 0)
      await #expect(throws: ContentError.self) { try await house.fetch(about) }
      let gone = try await house.now(about)
      #expect(gone.state == "erased" && gone.revision?.content == [])
      #expect(gone.acts.allSatisfy { $0.text.isEmpty })
      let left = try await house.now(other)
      #expect(left.revision?.content == Array("Buy our shoes".utf8))
      #expect(left.acts.last?.by == "" && left.acts.last?.text == "")
      try await house.flush()
      let report = try await LogKeeperTests.verify(house.log, kept: [kept])
      #expect(report.erasedCount > 0 && report.keptSize == kept.checkpoint.size)
      // The same after a restart.
      let again = try await house.reopened()
      #expect(try await again.now(about).state == "erased")
      #expect(try await again.desk.subjects.subject(named: Self.name).logEntries == 0)
      await again.close()
    }
  }

  @Test func `a copy of the rows opens nothing once the secrets are gone`() async throws {
    try await ContentHouse.run { house in
      let item = try await house.submit("Zaphod says yes", about: [Self.name])
      let backup = try await house.rows(
        "SELECT content FROM revision WHERE item = '\(item.id)'")
      try await house.erase(Self.name)
      try await house.run("UPDATE revision SET content = ?", [DatabaseValue(bytes: backup[0])])
      #expect(try await house.now(item).revision?.content == [])
      let secrets = try await house.rows(
        "SELECT coalesce(secret, x'') FROM party WHERE kind = 'item' OR name IS NULL")
      #expect(secrets.count == 2 && secrets.allSatisfy(\.isEmpty))
    }
  }

  @Test func `a reviewer who is erased leaves what they decided, without a name`() async throws {
    try await ContentHouse.run { house in
      let item = try await house.submit("Buy our shoes")
      try await house.decide("approve", item, by: ContentHouse.grace)
      try await house.erase("grace")
      let now = try await house.now(item)
      #expect(now.step == "brand" && now.acts.map(\.by) == ["ada", ""])
      // The name is somebody new, who was asked nothing.
      let other = try await house.submit("Buy our boots")
      await #expect(throws: ContentError.self) {
        try await house.decide("approve", other, by: ContentHouse.grace)
      }
      try await house.decide("approve", item, by: ContentHouse.edsger)
      #expect(try await house.release(item).state == "released")
    }
  }

  @Test func `rows that somebody altered release nothing`() async throws {
    try await ContentHouse.run { house in
      let item = try await house.submit("Buy our shoes")
      let other = try await house.submit("Buy our boots")
      try await house.approve(item)
      // Another item's content in its place.
      let contents = try await house.rows(
        "SELECT content FROM revision WHERE item = '\(other.id)'")
      try await house.run(
        "UPDATE revision SET content = ? WHERE item = '\(item.id)'",
        [DatabaseValue(bytes: contents[0])])
      await #expect(throws: ContentError.self) { try await house.release(item) }
      // Another audience for the same content.
      try await house.run(
        "UPDATE revision SET locale = 'fr-FR' WHERE item = '\(other.id)'", [])
      await #expect(throws: ContentError.self) {
        try await house.decide("approve", other, by: ContentHouse.grace)
      }
      // A release that never was.
      try await house.run("UPDATE item SET state = 'released'", [])
      await #expect(throws: ContentError.self) { try await house.fetch(other) }
    }
  }

  @Test func `everything is there after a restart`() async throws {
    try await withFolder { folder in
      var house = try await ContentHouse.open(folder, ManualClock(), ScriptedPolicy())
      try await house.setWorkflow()
      let items = [
        try await house.submit("one"), try await house.released("two"),
        try await house.submit("three", about: [Self.name]),
      ]
      try await house.decide("request-changes", items[2], by: ContentHouse.grace)
      try await house.revise(try await house.now(items[2]), "three again")
      var before: [Content.Item] = []
      for item in items { before.append(try await house.now(item)) }
      house = try await house.reopened()
      for (item, before) in zip(items, before) {
        let now = try await house.now(item)
        #expect(now == before)
      }
      #expect(try await house.fetch(items[1]) == "two")
      await house.close()
    }
  }
}

extension ContentHouse {
  /// Hands what waits to the log, as the service does all the time.
  func flush() async throws {
    try await desk.items.store.flushOutbox { [log] entries in
      _ = try await log.append(entries.map { try AuditEntry(canonicalBytes: $0) })
    }
  }

  @discardableResult
  func erase(_ person: String) async throws -> Content.EraseSubjectResponse {
    try await desk.subjects.erase(.init(person: person, reason: "asked"), by: Self.admin)
  }

  /// One column of bytes.
  func rows(_ sql: String) async throws -> [[UInt8]] {
    try await desk.items.store.read { try Data.fetchAll($0, sql: sql).map { [UInt8]($0) } }
  }

  func run(_ sql: String, _ arguments: [DatabaseValue]) async throws {
    try await desk.items.store.change { database in
      try database.execute(sql: sql, arguments: StatementArguments(arguments))
      return ((), [])
    }
  }
}
