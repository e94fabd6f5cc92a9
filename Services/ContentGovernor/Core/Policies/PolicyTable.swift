import ContentPolicy
import Contracts
import Foundation
import GRDB
import Storage

/// Rows of policies.
enum PolicyTable {
  /// Like models: nobody alone decides what is said.
  static let approvalsNeeded = 2

  static func digest(_ database: Database, of reference: String) throws -> String? {
    if reference.hasPrefix("sha256:") {
      return try String.fetchOne(
        database, sql: "SELECT digest FROM bundle WHERE digest = ?", arguments: [reference])
    }
    let parts = reference.split(separator: "@", maxSplits: 1).map(String.init)
    guard let name = parts.first else { return nil }
    if parts.count == 2 {
      return try String.fetchOne(
        database, sql: "SELECT digest FROM bundle WHERE name = ? AND version = ?",
        arguments: [name, parts[1]])
    }
    return try String.fetchOne(
      database, sql: "SELECT digest FROM bundle WHERE name = ? ORDER BY pushed_at DESC, rowid DESC",
      arguments: [name])
  }

  static func bundle(_ database: Database, _ digest: String) throws -> Policies.Bundle? {
    let row = try Row.fetchOne(
      database, sql: "SELECT * FROM bundle WHERE digest = ?", arguments: [digest])
    return try row.map { try bundle(database, $0) }
  }

  static func bundles(_ database: Database) throws -> [Policies.Bundle] {
    try Row.fetchAll(database, sql: "SELECT * FROM bundle ORDER BY name, pushed_at, rowid")
      .map { try bundle(database, $0) }
  }

  private static func bundle(_ database: Database, _ row: Row) throws -> Policies.Bundle {
    let digest: String = row["digest"]
    let approvals = try Row.fetchAll(
      database,
      sql: "SELECT * FROM bundle_approval WHERE digest = ? ORDER BY approved_at, principal",
      arguments: [digest])
    return Policies.Bundle(
      name: row["name"], version: row["version"], digest: digest, pushedBy: row["pushed_by"],
      pushedAt: row["pushed_at"],
      approvals: approvals.map {
        Policies.Approval(
          principal: $0["principal"], approvedAt: $0["approved_at"], reason: $0["reason"])
      },
      approvalsNeeded: UInt32(approvalsNeeded))
  }

  static func files(_ database: Database, _ digest: String) throws -> [BundleFile] {
    let rows = try Row.fetchAll(
      database, sql: "SELECT path, content FROM bundle_file WHERE digest = ? ORDER BY path",
      arguments: [digest])
    return rows.map { BundleFile(path: $0["path"], content: $0.bytes(named: "content")) }
  }

  static func insert(
    _ database: Database, _ bundle: PolicyBundle, files: [BundleFile], by principal: String,
    atMicroseconds now: Int64
  ) throws {
    try database.execute(
      sql:
        "INSERT INTO bundle (digest, name, version, pushed_by, pushed_at) VALUES (?, ?, ?, ?, ?)",
      arguments: [bundle.digest, bundle.name, bundle.version, principal, now])
    for file in files {
      try database.execute(
        sql: "INSERT INTO bundle_file (digest, path, content) VALUES (?, ?, ?)",
        arguments: [bundle.digest, file.path, DatabaseValue(bytes: file.content)])
    }
  }

  static func insertApproval(
    _ database: Database, _ digest: String, by principal: String, reason: String,
    atMicroseconds now: Int64
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO bundle_approval (digest, principal, approved_at, reason) VALUES (?, ?, ?, ?)
        """, arguments: [digest, principal, now, reason])
  }

  static func binding(_ database: Database, _ target: Policies.Target) throws -> String? {
    try String.fetchOne(
      database,
      sql: "SELECT digest FROM binding WHERE model = ? AND channel = ? AND locale = ?",
      arguments: [target.model, target.channel, target.locale])
  }

  static func bindings(_ database: Database) throws -> [Policies.Binding] {
    try Row.fetchAll(database, sql: "SELECT * FROM binding ORDER BY model, channel, locale").map {
      Policies.Binding(
        target: Policies.Target(
          model: $0["model"], channel: $0["channel"], locale: $0["locale"]),
        digest: $0["digest"], boundBy: $0["bound_by"], boundAt: $0["bound_at"])
    }
  }

  /// - Parameter digest: empty to end the binding.
  static func bind(
    _ database: Database, _ target: Policies.Target, to digest: String, by principal: String,
    atMicroseconds now: Int64
  ) throws {
    guard !digest.isEmpty else {
      return try database.execute(
        sql: "DELETE FROM binding WHERE model = ? AND channel = ? AND locale = ?",
        arguments: [target.model, target.channel, target.locale])
    }
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO binding (model, channel, locale, digest, bound_by, bound_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [target.model, target.channel, target.locale, digest, principal, now])
  }

  /// The binding that says most of those that fit: model before channel before locale; of locales the
  /// longest (`de-AT` before `de`).
  static func inForce(_ database: Database, for target: PolicyTarget) throws -> String? {
    func fits(_ bound: String, _ wanted: String?) -> Bool { bound.isEmpty || bound == wanted }
    let fitting = try bindings(database).compactMap { binding -> (key: [Int], digest: String)? in
      guard let bound = binding.target, fits(bound.model, target.model),
        fits(bound.channel, target.channel)
      else { return nil }
      let locale = target.locale ?? ""
      guard
        bound.locale.isEmpty || locale == bound.locale || locale.hasPrefix(bound.locale + "-")
      else { return nil }
      let key = [
        bound.model.isEmpty ? 0 : 1, bound.channel.isEmpty ? 0 : 1, bound.locale.utf8.count,
      ]
      return (key, binding.digest)
    }
    return fitting.max { $0.key.lexicographicallyPrecedes($1.key) }?.digest
  }
}
