import AuditLog
import GRDB
package import Trust

/// Makes, changes and lists keys. What a verb returns is on disk, in the log's outbox and in force.
package struct KeyStore: Sendable {
  /// Keys that one gateway keeps, ended ones included.
  package static let keysMax = 10_000
  /// Longest time that a key goes on beside its successor.
  package static let overlapMax: Duration = .seconds(30 * 24 * 3_600)
  package static let reasonBytesMax = 1_024

  private let store: GatewayStore
  private let ring: KeyRing
  private let pepper: Pepper
  private let environment: String

  /// A new key and the only sight of its text.
  package struct Issued: Sendable, Hashable {
    package let record: KeyRecord
    package let key: APIKey
  }

  /// - Parameter environment: the second part of every key that is made here.
  package init(store: GatewayStore, ring: KeyRing, pepper: Pepper, environment: String) {
    self.store = store
    self.ring = ring
    self.pepper = pepper
    self.environment = environment
  }

  /// Puts every stored key in force. Called once, before the first client.
  package func load() async throws(GatewayError) {
    ring.apply(try await store.read { try KeyRecord.all(in: $0) })
  }

  /// All keys, ended ones included, oldest first.
  package func list() async throws(GatewayError) -> [KeyRecord] {
    try await store.read { try KeyRecord.all(in: $0) }
  }

  package func get(id: String) async throws(GatewayError) -> KeyRecord {
    try await store.read { try KeyRecord.find(id, in: $0) }
  }

  package func create(
    _ request: KeyRequest, by author: Author, reason: String
  ) async throws(GatewayError) -> Issued {
    try await create(request, key: try newKey(), by: author, reason: reason)
  }

  /// Changes when a key ends; `nil` for never.
  package func expire(
    id: String, atNanoseconds time: Int64?, by author: Author, reason: String
  ) async throws(GatewayError) -> KeyRecord {
    let now = store.now()
    if let time, time <= now {
      throw .invalid("expected a key to expire in the future; revoke it to end it now")
    }
    return try await change(id, .keyExpire, author, reason) { key, _ in
      guard key.revokedAt == nil else {
        throw GatewayError.refused("key `\(id)` is revoked; make a new one")
      }
      key.expiresAt = time
    }
  }

  /// Ends a key at once, on open connections too. Revoking it again changes nothing.
  package func revoke(
    id: String, by author: Author, reason: String
  ) async throws(GatewayError) -> KeyRecord {
    let now = store.now()
    return try await change(id, .keyRevoke, author, reason) { key, database in
      guard key.revokedAt == nil else { return }
      guard try !key.isLastAdmin(nowNanoseconds: now, in: database) else {
        throw GatewayError.refused(
          "key `\(id)` is the last that can manage keys; make another admin key first")
      }
      key.revokedAt = now
    }
  }

  /// Makes a successor with the same rights and lifetime. The old key goes on for `overlap`, or up to
  /// its own end if that is earlier.
  package func rotate(
    id: String, overlap: Duration, by author: Author, reason: String
  ) async throws(GatewayError) -> Issued {
    guard overlap >= .zero, overlap <= Self.overlapMax else {
      throw .invalid("expected an overlap of 0 to \(Self.overlapMax.components.seconds) seconds")
    }
    try checkReason(reason)
    let now = store.now()
    let key = try newKey()
    let digest = KeyDigest(of: key.text.utf8, pepper: pepper)
    let (old, successor) = try await store.change { database in
      var old = try KeyRecord.find(id, in: database)
      let before = old.auditEndValues
      guard old.state(nowNanoseconds: now) == .active, old.replacedBy == nil else {
        throw GatewayError.refused(
          old.replacedBy.map { "key `\(id)` was replaced by `\($0)`; rotate that one" }
            ?? "key `\(id)` has ended; make a new one")
      }
      try Self.checkRoom(in: database)
      var successor = KeyRecord(
        id: key.id, principal: old.principal, roles: old.roles, models: old.models,
        limits: old.limits, expiresAt: old.sameLifetime(fromNanoseconds: now),
        createdAt: now, createdBy: author.name, revokedAt: nil, replacedBy: nil, digest: digest,
        revision: 0)
      try successor.save(in: database)
      old.replacedBy = successor.id
      old.expiresAt = min(old.expiresAt ?? .max, now + overlap.components.seconds * 1_000_000_000)
      try old.save(in: database)
      let change = AuditedChange(
        action: .keyRotate, actor: author.reference, subject: AuditReference(.key, id),
        before: before, after: old.auditEndValues, reason: reason)
      return .changed((old, successor), change)
    }
    ring.apply([old, successor])
    return Issued(record: successor, key: key)
  }

  /// Stores a key whose text is known already.
  func create(
    _ request: KeyRequest, key: APIKey, by author: Author, reason: String
  ) async throws(GatewayError) -> Issued {
    try checkReason(reason)
    let now = store.now()
    let (roles, models) = try request.check(nowNanoseconds: now)
    let digest = KeyDigest(of: key.text.utf8, pepper: pepper)
    let record = try await store.change { database in
      try Self.checkRoom(in: database)
      var record = KeyRecord(
        id: key.id, principal: request.principal, roles: roles, models: models,
        limits: request.limits, expiresAt: request.expiresAt, createdAt: now,
        createdBy: author.name, revokedAt: nil, replacedBy: nil, digest: digest, revision: 0)
      try record.save(in: database)
      let change = AuditedChange(
        action: .keyCreate, actor: author.reference, subject: AuditReference(.key, key.id),
        after: record.auditValues, reason: reason)
      return .changed(record, change)
    }
    ring.apply([record])
    return Issued(record: record, key: key)
  }

  func newKey() throws(GatewayError) -> APIKey {
    var random = SystemRandomNumberGenerator()
    do {
      return try APIKey.generate(environment: environment, using: &random)
    } catch {
      throw .failed(cause: "\(error)")
    }
  }

  private func change(
    _ id: String, _ action: AuditedChange.Action, _ author: Author, _ reason: String,
    _ edit: @escaping @Sendable (inout KeyRecord, Database) throws -> Void
  ) async throws(GatewayError) -> KeyRecord {
    try checkReason(reason)
    let record = try await store.change { database in
      let old = try KeyRecord.find(id, in: database)
      var new = old
      try edit(&new, database)
      guard new != old else { return .unchanged(old) }
      try new.save(in: database)
      let change = AuditedChange(
        action: action, actor: author.reference, subject: AuditReference(.key, id),
        before: old.auditEndValues, after: new.auditEndValues, reason: reason)
      return .changed(new, change)
    }
    ring.apply([record])
    return record
  }

  private func checkReason(_ reason: String) throws(GatewayError) {
    guard reason.utf8.count <= Self.reasonBytesMax else {
      throw .invalid("expected a reason of at most \(Self.reasonBytesMax) bytes")
    }
  }

  private static func checkRoom(in database: Database) throws {
    guard try KeyRecord.count(in: database) < keysMax else {
      throw GatewayError.exhausted("there are \(keysMax) keys, as many as one gateway keeps")
    }
  }
}
