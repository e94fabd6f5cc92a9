import RPC
import Testing
import Trust

@testable import GatewayCore

@Suite struct KeyRingTests {
  private let pepper: Pepper
  private let ring: KeyRing

  init() throws {
    pepper = try #require(Pepper(bytes: Array(0..<32)))
    ring = KeyRing(pepper: pepper)
  }

  private func add(
    _ seed: UInt64, expiresAt: Int64? = nil, revokedAt: Int64? = nil, revision: Int64 = 1
  ) throws -> APIKey {
    var random = SeededRandom(seed: seed)
    let key = try APIKey.generate(environment: "test", using: &random)
    let record = KeyRecord(
      id: key.id, principal: "ada", roles: [.developer], models: .every,
      limits: KeyLimits(inFlightMax: 1), expiresAt: expiresAt, createdAt: 0, createdBy: "root",
      revokedAt: revokedAt, replacedBy: nil, digest: KeyDigest(of: key.text.utf8, pepper: pepper),
      revision: revision)
    ring.apply([record])
    return key
  }

  private func refusal(_ text: String) -> RPCError? {
    #expect(throws: RPCError.self) {
      try ring.verify(Array(text.utf8), nowNanoseconds: someday)
    }
  }

  @Test("every bad key is refused with the same words")
  func uniform() throws {
    let good = try add(1)
    let expired = try add(2, expiresAt: someday)
    let revoked = try add(3, revokedAt: someday - 1)
    var random = SeededRandom(seed: 4)
    let unknown = try APIKey.generate(environment: "test", using: &random)
    let otherSecret = good.text.replacing(
      good.text.split(separator: "_")[3], with: unknown.text.split(separator: "_")[3])
    let bad = [
      expired.text, revoked.text, unknown.text, otherSecret, String(good.text.dropLast()),
      good.text + "0", good.text.replacing("test", with: "prod"), "", "_", "a_b_c_d_e", "\0",
      String(repeating: "_", count: 10_000), String(repeating: good.text, count: 100),
    ]
    let answers = bad.map { refusal($0) }
    #expect(Set(answers) == [KeyRing.refusal])
    #expect(KeyRing.refusal.code == .unauthenticated && KeyRing.refusal.retryAfter == nil)
    #expect(try ring.verify(good.text.utf8, nowNanoseconds: someday).principal == "ada")
  }

  @Test("all keys of a principal share turns, whichever they are")
  func sharingKey() throws {
    let (one, other) = (try add(1), try add(2))
    let holders = try [one, other].map {
      try ring.verify($0.text.utf8, nowNanoseconds: someday)
    }
    #expect(holders[0].sharingKey == holders[1].sharingKey)
    #expect(holders[0].sharingKey.count == KeyHolder.sharingKeyBytes)
  }

  @Test("a key is good up to the nanosecond before its end")
  func boundary() throws {
    let key = try add(1, expiresAt: someday)
    let holder = try ring.verify(key.text.utf8, nowNanoseconds: someday - 1)
    #expect(holder.isGood(nowNanoseconds: someday - 1))
    #expect(!holder.isGood(nowNanoseconds: someday))
  }

  @Test("what changes reaches the connections that the key opened, and its limits go on counting")
  func changesReachHolders() throws {
    let key = try add(1)
    let holder = try ring.verify(key.text.utf8, nowNanoseconds: someday)
    #expect(holder.limiter.admit(nowNanoseconds: 0) == .admitted)
    _ = try add(1, revokedAt: someday, revision: 2)
    #expect(!holder.isGood(nowNanoseconds: someday))
    #expect(refusal(key.text) == KeyRing.refusal)
    #expect(holder.limiter.inFlight == 1)
  }

  @Test("a key and its successors share one limit, whatever order they are read in")
  func sharedLimits() throws {
    func record(_ id: String, replacedBy: String?) -> KeyRecord {
      KeyRecord(
        id: id, principal: "ada", roles: [.developer], models: .every,
        limits: KeyLimits(inFlightMax: 1), expiresAt: nil, createdAt: 0, createdBy: "root",
        revokedAt: nil, replacedBy: replacedBy,
        digest: KeyDigest(of: "slip_test_\(id)".utf8, pepper: pepper), revision: 1)
    }
    let line = [
      record("a", replacedBy: "b"), record("b", replacedBy: "c"), record("c", replacedBy: nil),
    ]
    for records in [line, line.reversed(), [line[1], line[2], line[0]]] {
      let ring = KeyRing(pepper: pepper)
      ring.apply(records)
      ring.apply([record("d", replacedBy: nil)])
      let holders = try ["a", "b", "c", "d"].map {
        try ring.verify("slip_test_\($0)".utf8, nowNanoseconds: someday)
      }
      #expect(holders[0].limiter.admit(nowNanoseconds: 0) == .admitted)
      #expect(holders[1].limiter.admit(nowNanoseconds: 0) == .overInFlight)
      #expect(holders[2].limiter.admit(nowNanoseconds: 0) == .overInFlight)
      #expect(holders[3].limiter.admit(nowNanoseconds: 0) == .admitted)
    }
  }

  @Test("old news does not bring a revoked key back")
  func staleNews() throws {
    let key = try add(1, revokedAt: someday, revision: 7)
    _ = try add(1, revision: 6)
    #expect(refusal(key.text) == KeyRing.refusal)
  }

  @Test("keys mean nothing under another pepper")
  func otherPepper() throws {
    let key = try add(1)
    let other = try #require(Pepper(bytes: Array(1..<33)))
    #expect(
      KeyDigest(of: key.text.utf8, pepper: other) != KeyDigest(of: key.text.utf8, pepper: pepper))
    #expect(Pepper(bytes: []) == nil)
  }
}
