import Foundation
import GRDB

extension KeyRecord {
  /// Reads a row of `api_key`.
  ///
  /// - Throws: ``GatewayError/failed(cause:)`` for a row that this release did not write.
  init(_ row: Row) throws {
    let id: String = row["id"]
    let roleNames: String = row["roles"]
    let roles = roleNames.split(separator: ",").map { Role(rawValue: String($0)) }
    let digest = KeyDigest(bytes: [UInt8](Data.fromDatabaseValue(row["digest"]) ?? Data()))
    guard let digest, !roles.contains(nil) else {
      throw GatewayError.failed(cause: "the stored key `\(id)` can't be read")
    }
    let models: String = row["models"]
    let requestsPerSecond: Int64 = row["requests_per_second"]
    let inFlightMax: Int64 = row["in_flight_max"]
    self.init(
      id: id, principal: row["principal"], roles: Set(roles.compactMap { $0 }),
      models: ModelScope(names: models.split(separator: ",").map { String($0) }),
      limits: KeyLimits(
        requestsPerSecond: UInt32(clamping: requestsPerSecond),
        inFlightMax: UInt32(clamping: inFlightMax)),
      expiresAt: row["expires_at"], createdAt: row["created_at"], createdBy: row["created_by"],
      revokedAt: row["revoked_at"], replacedBy: row["replaced_by"], digest: digest,
      revision: row["revision"])
  }

  /// Writes the key, new or changed, and gives it the next revision.
  mutating func save(in database: Database) throws {
    let last =
      try Int64.fetchOne(database, sql: "SELECT max(revision) FROM api_key") ?? 0
    revision = last + 1
    try database.execute(
      sql: """
        INSERT INTO api_key (
          id, principal, roles, models, requests_per_second, in_flight_max, expires_at, created_at,
          created_by, revoked_at, replaced_by, digest, revision
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
          expires_at = excluded.expires_at, revoked_at = excluded.revoked_at,
          replaced_by = excluded.replaced_by, revision = excluded.revision
        """,
      arguments: [
        id, principal, roles.sorted().map(\.rawValue).joined(separator: ","),
        models.names.joined(separator: ","), Int64(limits.requestsPerSecond),
        Int64(limits.inFlightMax), expiresAt, createdAt, createdBy, revokedAt, replacedBy,
        Data(digest.bytes), revision,
      ])
  }

  /// All keys, oldest first.
  static func all(in database: Database) throws -> [KeyRecord] {
    try Row.fetchAll(database, sql: "SELECT * FROM api_key ORDER BY created_at, id").map {
      try KeyRecord($0)
    }
  }

  static func find(_ id: String, in database: Database) throws -> KeyRecord {
    let row = try Row.fetchOne(database, sql: "SELECT * FROM api_key WHERE id = ?", arguments: [id])
    guard let row else {
      throw GatewayError.missing(
        "no key `\(id.prefix(32))`; `slipway key list` shows the ids that there are")
    }
    return try KeyRecord(row)
  }

  static func count(in database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "SELECT count(*) FROM api_key") ?? 0
  }

  /// Whether some other key can still manage keys.
  func isLastAdmin(nowNanoseconds: Int64, in database: Database) throws -> Bool {
    guard roles.contains(.admin) else { return false }
    let others = try Int.fetchOne(
      database,
      sql: """
        SELECT count(*) FROM api_key
        WHERE id <> ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
          AND ',' || roles || ',' LIKE ?
        """,
      arguments: [id, nowNanoseconds, "%,\(Role.admin.rawValue),%"])
    return others == 0
  }
}
