import Contracts
import Foundation
import GRDB
import Trust

/// Rows of models, versions and their files.
enum VersionTable {
  /// What a worker verifies, and what approvals are about.
  struct Evidence: Sendable {
    let manifestDigest: ContentDigest
    let manifestBundle: [UInt8]
  }

  static func exists(_ db: Database, model: String) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM model WHERE name = ?)", arguments: [model]) ?? false
  }

  static func exists(_ db: Database, model: String, number: UInt32) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM version WHERE model = ? AND number = ?)",
      arguments: [model, number]) ?? false
  }

  /// - Throws: `missing` where there is no such model or no such version.
  static func require(_ db: Database, model: String, number: UInt32) throws {
    guard try !exists(db, model: model, number: number) else { return }
    let numbers = try numbers(db, model: model)
    guard let last = numbers.last else {
      throw RegistryError.missing(
        "model `\(NameRule.excerpt(model))` is not here: see `slipway model list`")
    }
    throw RegistryError.missing(
      "`\(model)` has no version \(number): expected 1 to \(last)")
  }

  static func numbers(_ db: Database, model: String) throws -> [UInt32] {
    try UInt32.fetchAll(
      db, sql: "SELECT number FROM version WHERE model = ? ORDER BY number", arguments: [model])
  }

  static func number(_ db: Database, model: String, manifestDigest: ContentDigest) throws -> UInt32?
  {
    try UInt32.fetchOne(
      db, sql: "SELECT number FROM version WHERE model = ? AND manifest_digest = ?",
      arguments: [model, Data(manifestDigest.bytes)])
  }

  /// Names of models after `after`, in order.
  static func models(_ db: Database, after: String, limit: Int) throws -> [String] {
    try String.fetchAll(
      db, sql: "SELECT name FROM model WHERE name > ? ORDER BY name LIMIT ?",
      arguments: [after, limit])
  }

  /// A version with its files, card, signature and probe, or nil.
  static func version(_ db: Database, model: String, number: UInt32) throws -> Registry.Version? {
    let row = try Row.fetchOne(
      db, sql: "SELECT * FROM version WHERE model = ? AND number = ?", arguments: [model, number])
    guard let row else { return nil }
    var version = summary(row)
    version.card = [UInt8](row["card"] as Data)
    version.signature = [UInt8](row["signature"] as Data)
    version.probe = [UInt8](row["probe"] as Data)
    version.files = try files(db, model: model, number: number)
    version.approvals = try ApprovalTable.summaries(db, model: model, version: number)
    return version
  }

  /// Every version of a model without its files, card and signature, which may be large.
  static func summaries(_ db: Database, model: String) throws -> [Registry.Version] {
    let columns = """
      model, number, manifest_digest, pushed_by, pusher_key_id, pushed_at, lineage_data,
      lineage_commit, lineage_parent
      """
    let rows = try Row.fetchAll(
      db, sql: "SELECT \(columns) FROM version WHERE model = ? ORDER BY number",
      arguments: [model])
    return try rows.map { row in
      var version = summary(row)
      version.approvals = try ApprovalTable.summaries(db, model: model, version: version.number)
      return version
    }
  }

  static func files(_ db: Database, model: String, number: UInt32) throws -> [Registry.FileEntry] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT path, sha256, byte_count FROM version_file JOIN artifact USING (sha256)
        WHERE model = ? AND version = ? ORDER BY path
        """, arguments: [model, number])
    return rows.map { row in
      Registry.FileEntry(
        path: row["path"], byteCount: UInt64(row["byte_count"] as Int64),
        sha256: [UInt8](row["sha256"] as Data))
    }
  }

  static func evidence(_ db: Database, model: String, number: UInt32) throws -> Evidence? {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT manifest_digest, manifest_bundle FROM version WHERE model = ? AND number = ?
        """, arguments: [model, number])
    guard let row else { return nil }
    guard let digest = ContentDigest(bytes: [UInt8](row["manifest_digest"] as Data)) else {
      throw RegistryError.corrupt("version \(number) of `\(model)` was altered in the database")
    }
    return Evidence(
      manifestDigest: digest, manifestBundle: [UInt8](row["manifest_bundle"] as Data))
  }

  /// Adds a version under the model's next number, and the model if it is new. Its artifacts must
  /// be there.
  ///
  /// - Returns: the version's number.
  static func insert(
    _ db: Database, _ version: Registry.Version, manifestBundle: [UInt8]
  ) throws -> UInt32 {
    let model = version.model
    try db.execute(
      sql: "INSERT OR IGNORE INTO model (name, created_at) VALUES (?, ?)",
      arguments: [model, version.pushedAt])
    let number = (try numbers(db, model: model).last ?? 0) + 1
    let lineage = version.lineage ?? Registry.Lineage()
    try db.execute(
      sql: """
        INSERT INTO version (model, number, manifest_digest, manifest_bundle, pushed_by,
          pusher_key_id, pushed_at, lineage_data, lineage_commit, lineage_parent, card, signature,
          probe)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        model, number, Data(version.manifestDigest), Data(manifestBundle), version.pushedBy,
        version.pusherKeyID, version.pushedAt, lineage.data, lineage.commit,
        lineage.parentVersion, Data(version.card), Data(version.signature),
        Data(version.probe),
      ])
    for file in version.files {
      try db.execute(
        sql: "INSERT INTO version_file (model, version, path, sha256) VALUES (?, ?, ?, ?)",
        arguments: [model, number, file.path, Data(file.sha256)])
    }
    return number
  }

  private static func summary(_ row: Row) -> Registry.Version {
    Registry.Version(
      model: row["model"], number: row["number"],
      manifestDigest: [UInt8](row["manifest_digest"] as Data), pushedBy: row["pushed_by"],
      pusherKeyID: row["pusher_key_id"], pushedAt: row["pushed_at"],
      lineage: Registry.Lineage(
        data: row["lineage_data"], commit: row["lineage_commit"],
        parentVersion: row["lineage_parent"]))
  }
}
