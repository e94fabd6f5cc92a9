import AuditLog
import Testing
import Trust

@testable import GatewayCore

@Suite struct KeyStoreTests {
  private let root = Author.principal("root")

  @Test("a key is good at once, and after a crash")
  func create() async throws {
    try await TestGateway.run { gateway in
      let limits = KeyLimits(requestsPerSecond: .max, inFlightMax: 3)
      let issued = try await gateway.keys.create(
        .developer(limits: limits, expiresAt: someday + hour), by: root, reason: "for tests")
      #expect(gateway.isGood(issued.key))
      let again = try await gateway.restarted()
      #expect(again.isGood(issued.key))
      #expect(try await again.keys.list() == [issued.record])
      let holder = try again.ring.verify(issued.key.text.utf8, nowNanoseconds: someday)
      #expect(holder.limiter.limits == limits)
      #expect(holder.models == .only(["magika"]) && holder.roles == [.developer])
      gateway.clock.advance(hour)
      #expect(!gateway.isGood(issued.key) && !again.isGood(issued.key))
    }
  }

  @Test("neither the key nor its secret is anywhere on the disk")
  func nothingStored() async throws {
    try await TestGateway.run { gateway in
      let issued = try await gateway.keys.create(.developer(), by: root, reason: "")
      let secret = Array(issued.key.text.split(separator: "_")[3].utf8)
      for file in try filesIn(gateway.folder) {
        #expect(!file.content.contains(secret), "\(file.name)")
      }
    }
  }

  @Test(
    "refuses what can't be met and says what was expected",
    arguments: [
      (KeyRequest(principal: "", roles: ["developer"]), "principal"),
      (KeyRequest(principal: "a b", roles: ["developer"]), "principal"),
      (KeyRequest(principal: "a", roles: []), "at least one role"),
      (KeyRequest(principal: "a", roles: ["king"]), "`king`"),
      (KeyRequest(principal: "a", roles: ["admin"], models: ["a,b"]), "`a,b`"),
      (
        KeyRequest(principal: "a", roles: ["admin"], models: Array(repeating: "m", count: 257)),
        "256"
      ),
      (KeyRequest(principal: "a", roles: ["admin"], expiresAt: someday), "future"),
      (KeyRequest(principal: "a", roles: ["admin"], expiresAt: -1), "future"),
    ])
  func invalid(request: KeyRequest, hint: String) async throws {
    try await TestGateway.run { gateway in
      let error = await #expect(throws: GatewayError.self) {
        try await gateway.keys.create(request, by: root, reason: "")
      }
      guard case .invalid(let message) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(message.contains(hint))
      let keys = try await gateway.keys.list()
      let entries = try await gateway.entries()
      #expect(keys.isEmpty && entries.isEmpty)
    }
  }

  @Test("an end can be moved, taken away and set, but not into the past")
  func expire() async throws {
    try await TestGateway.run { gateway in
      let key = try await gateway.keys.create(.developer(), by: root, reason: "").key
      for end in [someday + hour, nil, .max, someday + 1] as [Int64?] {
        let record = try await gateway.keys.expire(
          id: key.id, atNanoseconds: end, by: root, reason: "")
        #expect(record.expiresAt == end)
      }
      await #expect(throws: GatewayError.self) {
        try await gateway.keys.expire(id: key.id, atNanoseconds: someday, by: root, reason: "")
      }
      #expect(gateway.isGood(key))
      gateway.clock.advance(1)
      #expect(!gateway.isGood(key))
      let back = try await gateway.keys.expire(id: key.id, atNanoseconds: nil, by: root, reason: "")
      #expect(back.state(nowNanoseconds: gateway.clock.now) == .active && gateway.isGood(key))
    }
  }

  @Test("a revoked key is refused at once, for ever, and revoking it again changes nothing")
  func revoke() async throws {
    try await TestGateway.run { gateway in
      let key = try await gateway.keys.create(.developer(), by: root, reason: "").key
      let holder = try gateway.ring.verify(key.text.utf8, nowNanoseconds: someday)
      let first = try await gateway.keys.revoke(id: key.id, by: root, reason: "lost")
      #expect(!holder.isGood(nowNanoseconds: someday) && !gateway.isGood(key))
      gateway.clock.advance(second)
      #expect(try await gateway.keys.revoke(id: key.id, by: root, reason: "again") == first)
      #expect(try await gateway.store.pendingEntries().count == 2)
      await #expect(throws: GatewayError.self) {
        try await gateway.keys.expire(id: key.id, atNanoseconds: nil, by: root, reason: "")
      }
      #expect(!(try await gateway.restarted()).isGood(key))
    }
  }

  @Test("the last key that can manage keys can't be revoked")
  func lastAdmin() async throws {
    try await TestGateway.run { gateway in
      let first = try await gateway.keys.create(.admin, by: root, reason: "").key
      _ = try await gateway.keys.create(.developer(), by: root, reason: "")
      await #expect(throws: GatewayError.self) {
        try await gateway.keys.revoke(id: first.id, by: root, reason: "")
      }
      let next = try await gateway.keys.create(.admin, by: root, reason: "").key
      _ = try await gateway.keys.revoke(id: first.id, by: root, reason: "")
      await #expect(throws: GatewayError.self) {
        try await gateway.keys.revoke(id: next.id, by: root, reason: "")
      }
      #expect(gateway.isGood(next))
    }
  }

  @Test("both keys are good during the overlap, then only the successor", arguments: [0, 1, 3_600])
  func rotate(overlapSeconds: Int64) async throws {
    try await TestGateway.run { gateway in
      let limits = KeyLimits(requestsPerSecond: 5, inFlightMax: 6)
      let old = try await gateway.keys.create(
        .developer(limits: limits, expiresAt: someday + 10 * hour), by: root, reason: "")
      gateway.clock.advance(hour)
      let new = try await gateway.keys.rotate(
        id: old.key.id, overlap: .seconds(overlapSeconds), by: root, reason: "yearly")
      #expect(new.record.expiresAt == someday + 11 * hour)
      #expect(new.record.limits == limits && new.record.principal == "ada")
      #expect(new.record.models == old.record.models && new.record.roles == old.record.roles)
      #expect(try await gateway.keys.get(id: old.key.id).replacedBy == new.key.id)
      #expect(gateway.isGood(old.key) == (overlapSeconds > 0))
      #expect(gateway.isGood(new.key))
      gateway.clock.advance(overlapSeconds * second)
      #expect(!gateway.isGood(old.key) && gateway.isGood(new.key))
      await #expect(throws: GatewayError.self, "it has a successor") {
        try await gateway.keys.rotate(id: old.key.id, overlap: .zero, by: root, reason: "")
      }
    }
  }

  @Test("an overlap never makes a key's life longer")
  func rotateNearEnd() async throws {
    try await TestGateway.run { gateway in
      let old = try await gateway.keys.create(
        .developer(expiresAt: someday + second), by: root, reason: "")
      _ = try await gateway.keys.rotate(
        id: old.key.id, overlap: .seconds(60), by: root, reason: "")
      #expect(try await gateway.keys.get(id: old.key.id).expiresAt == someday + second)
    }
  }

  @Test("a key with the latest of all ends can be rotated")
  func rotateExtreme() async throws {
    try await TestGateway.run { gateway in
      let old = try await gateway.keys.create(.developer(expiresAt: .max), by: root, reason: "")
      gateway.clock.advance(hour)
      let new = try await gateway.keys.rotate(
        id: old.key.id, overlap: KeyStore.overlapMax, by: root, reason: "")
      #expect(new.record.expiresAt == .max)
    }
  }

  @Test(
    "an overlap out of bounds is refused",
    arguments: [.seconds(-1), KeyStore.overlapMax + .seconds(1), .seconds(Int64.max)] as [Duration])
  func overlapBounds(overlap: Duration) async throws {
    try await TestGateway.run { gateway in
      let key = try await gateway.keys.create(.developer(), by: root, reason: "").key
      await #expect(throws: GatewayError.self) {
        try await gateway.keys.rotate(id: key.id, overlap: overlap, by: root, reason: "")
      }
      #expect(try await gateway.keys.list().count == 1)
    }
  }

  @Test("every change leaves one entry with who, what, why, before and after, and no secret")
  func entries() async throws {
    try await TestGateway.run { gateway in
      let key = try await gateway.keys.create(.developer(), by: root, reason: "why 1").key
      _ = try await gateway.keys.expire(
        id: key.id, atNanoseconds: someday + hour, by: root, reason: "why 2")
      let successor = try await gateway.keys.rotate(
        id: key.id, overlap: .seconds(1), by: root, reason: "why 3")
      _ = try await gateway.keys.revoke(id: successor.key.id, by: root, reason: "why 4")
      let entries = try await gateway.restarted().entries()
      #expect(
        entries.map(\.kind.name) == ["key.create", "key.expire", "key.rotate", "key.revoke"])
      #expect(entries.map(\.reason) == (1...4).map { "why \($0)" })
      #expect(
        entries.map(\.subject.name) == [key.id, key.id, key.id, successor.key.id])
      for entry in entries {
        #expect(entry.actor == AuditReference(.principal, "root") && entry.service == "gateway")
        #expect(entry.occurredAtMicroseconds == someday / 1_000)
        #expect((entry.before == nil) == (entry.kind.name == "key.create") && entry.after != nil)
        let text = String(decoding: entry.canonicalBytes, as: UTF8.self)
        for issued in [key, successor.key] {
          #expect(!text.contains(issued.text.split(separator: "_")[3]))
        }
      }
      #expect(entries[1].before?["expiresAtMicroseconds"] == .null)
      #expect(entries[1].after?["expiresAtMicroseconds"] == .integer((someday + hour) / 1_000))
      #expect(entries[2].after?["replacedBy"] == .string(successor.key.id))
    }
  }

  @Test("an unknown key and too long a reason are refused without an entry")
  func refusedWithoutEntry() async throws {
    try await TestGateway.run { gateway in
      let long = String(repeating: "x", count: KeyStore.reasonBytesMax + 1)
      await #expect(throws: GatewayError.self) {
        try await gateway.keys.create(.developer(), by: root, reason: long)
      }
      await #expect(throws: GatewayError.self) {
        try await gateway.keys.revoke(id: "nobody", by: root, reason: "")
      }
      let entries = try await gateway.entries()
      #expect(entries.isEmpty)
    }
  }

  @Test("many at once keep apart, and the ring ends up as the database says")
  func concurrent() async throws {
    try await TestGateway.run { gateway in
      let key = try await gateway.keys.create(.developer(), by: root, reason: "").key
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 1...40 {
          group.addTask {
            _ = try await gateway.keys.expire(
              id: key.id, atNanoseconds: someday + Int64(number), by: root, reason: "")
            _ = try await gateway.keys.create(.developer("p\(number)"), by: root, reason: "")
          }
        }
        try await group.waitForAll()
      }
      let stored = try await gateway.keys.get(id: key.id)
      let holder = try gateway.ring.verify(key.text.utf8, nowNanoseconds: someday)
      #expect(holder.endsAtNanoseconds == stored.expiresAt)
      #expect(Set(try await gateway.keys.list().map(\.revision)).count == 41)
    }
  }
}
