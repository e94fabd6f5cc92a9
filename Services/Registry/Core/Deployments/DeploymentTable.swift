import Contracts
import GRDB

/// Rows of desired states: one per revision, never changed.
enum DeploymentTable {
  static func current(_ db: Database, model: String) throws -> Registry.Deployment? {
    try history(db, model: model, limit: 1).first
  }

  /// Newest first.
  static func history(
    _ db: Database, model: String, limit: Int
  ) throws -> [Registry.Deployment] {
    let rows = try Row.fetchAll(
      db, sql: "SELECT * FROM deployment WHERE model = ? ORDER BY revision DESC LIMIT ?",
      arguments: [model, limit])
    return try rows.map { row in
      let revision = row["revision"] as Int64
      return Registry.Deployment(
        model: model, environment: row["environment"],
        targets: try targets(db, model: model, revision: revision), revision: UInt64(revision),
        setBy: row["set_by"], setAt: row["set_at"], reason: row["reason"])
    }
  }

  static func insert(_ db: Database, _ deployment: Registry.Deployment) throws {
    let revision = Int64(deployment.revision)
    try db.execute(
      sql: """
        INSERT INTO deployment (model, revision, environment, set_by, set_at, reason)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        deployment.model, revision, deployment.environment, deployment.setBy, deployment.setAt,
        deployment.reason,
      ])
    for target in deployment.targets {
      try db.execute(
        sql: """
          INSERT INTO deployment_target (model, revision, version, replicas, weight)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [deployment.model, revision, target.version, target.replicas, target.weight])
    }
  }

  /// By version.
  private static func targets(
    _ db: Database, model: String, revision: Int64
  ) throws -> [Registry.Target] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT version, replicas, weight FROM deployment_target
        WHERE model = ? AND revision = ? ORDER BY version
        """, arguments: [model, revision])
    return rows.map { row in
      Registry.Target(version: row["version"], replicas: row["replicas"], weight: row["weight"])
    }
  }
}
