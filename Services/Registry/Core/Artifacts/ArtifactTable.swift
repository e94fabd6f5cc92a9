import Foundation
import GRDB
import Trust

/// Rows of whole files.
enum ArtifactTable {
  static func byteCount(_ db: Database, _ digest: ContentDigest) throws -> UInt64? {
    try Int64.fetchOne(
      db, sql: "SELECT byte_count FROM artifact WHERE sha256 = ?", arguments: [Data(digest.bytes)]
    ).map { UInt64($0) }
  }

  /// - Throws: `missing` where there is no such artifact.
  static func entry(_ db: Database, _ digest: ContentDigest) throws -> ArtifactStore.Entry {
    let row = try Row.fetchOne(
      db, sql: "SELECT byte_count, block_digests FROM artifact WHERE sha256 = ?",
      arguments: [Data(digest.bytes)])
    guard let row else {
      throw RegistryError.missing("no version has a file with the digest `\(digest)`")
    }
    return ArtifactStore.Entry(
      digest: digest, byteCount: UInt64(row["byte_count"] as Int64),
      blockDigests: [UInt8](row["block_digests"] as Data))
  }

  static func insert(_ db: Database, _ entry: ArtifactStore.Entry) throws {
    try db.execute(
      sql: "INSERT OR IGNORE INTO artifact (sha256, byte_count, block_digests) VALUES (?, ?, ?)",
      arguments: [Data(entry.digest.bytes), Int64(entry.byteCount), Data(entry.blockDigests)])
  }

  /// Whether a version has this file, or a push has it whole and may still become a version.
  static func isWanted(_ db: Database, _ digest: ContentDigest) throws -> Bool {
    try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM artifact WHERE sha256 = :digest)
          OR EXISTS (
            SELECT 1 FROM push_file WHERE sha256 = :digest AND block_digests IS NOT NULL)
        """, arguments: ["digest": Data(digest.bytes)]) ?? false
  }
}
