import Contracts
import Foundation
import GRDB
import Trust

/// Rows of pushes and of the files that they bring.
enum PushTable {
  struct Push: Sendable {
    let id: String
    let model: String
    let manifestDigest: ContentDigest
    let manifestBundle: [UInt8]
    let principal: String
    let lineage: Registry.Lineage
    let touchedAt: Int64
    let committedVersion: UInt32?
  }

  struct File: Sendable {
    let path: String
    let digest: ContentDigest
    let byteCount: UInt64
    /// Nil until the file is whole.
    let blockDigests: [UInt8]?
  }

  static func push(_ db: Database, id: String) throws -> Push? {
    let row = try Row.fetchOne(db, sql: "SELECT * FROM push WHERE id = ?", arguments: [id])
    return try row.map { row in
      Push(
        id: id, model: row["model"], manifestDigest: try digest(row["manifest_digest"]),
        manifestBundle: [UInt8](row["manifest_bundle"] as Data), principal: row["principal"],
        lineage: Registry.Lineage(
          data: row["lineage_data"], commit: row["lineage_commit"],
          parentVersion: row["lineage_parent"]),
        touchedAt: row["touched_at"], committedVersion: row["committed_version"])
    }
  }

  /// By path.
  static func files(_ db: Database, push: String) throws -> [File] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM push_file WHERE push_id = ? ORDER BY path", arguments: [push]
    ).map(file)
  }

  /// One of the files of a push with this digest: their bytes are the same.
  static func file(_ db: Database, push: String, _ digest: ContentDigest) throws -> File? {
    try Row.fetchOne(
      db, sql: "SELECT * FROM push_file WHERE push_id = ? AND sha256 = ? LIMIT 1",
      arguments: [push, Data(digest.bytes)]
    ).map(file)
  }

  static func insert(_ db: Database, _ push: Push, files: [File]) throws {
    try db.execute(
      sql: """
        INSERT INTO push (id, model, manifest_digest, manifest_bundle, principal, lineage_data,
          lineage_commit, lineage_parent, touched_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        push.id, push.model, Data(push.manifestDigest.bytes), Data(push.manifestBundle),
        push.principal, push.lineage.data, push.lineage.commit, push.lineage.parentVersion,
        push.touchedAt,
      ])
    for file in files {
      try db.execute(
        sql: "INSERT INTO push_file (push_id, path, sha256, byte_count) VALUES (?, ?, ?, ?)",
        arguments: [push.id, file.path, Data(file.digest.bytes), Int64(file.byteCount)])
    }
  }

  /// Pushes that are not committed yet: those of `principal`, and all.
  static func openCounts(_ db: Database, principal: String) throws -> (own: Int, all: Int) {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT count(*) AS every, count(*) FILTER (WHERE principal = ?) AS own
        FROM push WHERE committed_version IS NULL
        """, arguments: [principal])
    return (own: row?["own"] ?? 0, all: row?["every"] ?? 0)
  }

  static func touch(_ db: Database, id: String, at time: Int64) throws {
    try db.execute(sql: "UPDATE push SET touched_at = ? WHERE id = ?", arguments: [time, id])
  }

  /// - Parameter blockDigests: nil if the file is not whole after all.
  static func markWhole(
    _ db: Database, push: String, _ digest: ContentDigest, blockDigests: [UInt8]?
  ) throws {
    try db.execute(
      sql: "UPDATE push_file SET block_digests = ? WHERE push_id = ? AND sha256 = ?",
      arguments: [blockDigests.map { Data($0) }, push, Data(digest.bytes)])
  }

  static func markCommitted(_ db: Database, id: String, version: UInt32) throws {
    try db.execute(
      sql: "UPDATE push SET committed_version = ? WHERE id = ?", arguments: [version, id])
  }

  static func delete(_ db: Database, id: String) throws {
    try db.execute(sql: "DELETE FROM push_file WHERE push_id = ?", arguments: [id])
    try db.execute(sql: "DELETE FROM push WHERE id = ?", arguments: [id])
  }

  /// Ids of pushes that nobody has touched since `time`.
  static func idle(_ db: Database, since time: Int64) throws -> [String] {
    try String.fetchAll(
      db, sql: "SELECT id FROM push WHERE touched_at < ? ORDER BY id", arguments: [time])
  }

  private static func file(_ row: Row) throws -> File {
    File(
      path: row["path"], digest: try digest(row["sha256"]),
      byteCount: UInt64(row["byte_count"] as Int64),
      blockDigests: (row["block_digests"] as Data?).map { [UInt8]($0) })
  }

  private static func digest(_ bytes: Data) throws -> ContentDigest {
    guard let digest = ContentDigest(bytes: [UInt8](bytes)) else {
      throw RegistryError.corrupt("a push was altered in the database: begin it again")
    }
    return digest
  }
}
