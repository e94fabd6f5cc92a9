import Contracts
import GRDB

/// Rows of desired states: one per revision, never changed; and how many workers the load asks for now.
enum DeploymentTable {
  static func current(_ db: Database, model: String) throws -> Registry.Deployment? {
    try history(db, model: model, limit: 1).first
  }

  /// Newest first. The first one says how many workers the load asks for now.
  static func history(
    _ db: Database, model: String, limit: Int
  ) throws -> [Registry.Deployment] {
    let rows = try Row.fetchAll(
      db, sql: "SELECT * FROM deployment WHERE model = ? ORDER BY revision DESC LIMIT ?",
      arguments: [model, limit])
    return try rows.enumerated().map { index, row in
      let revision = row["revision"] as Int64
      let targets = try targets(db, model: model, revision: revision)
      return Registry.Deployment(
        model: model, environment: row["environment"],
        targets: try (index == 0 ? asked(db, targets, of: model) : targets),
        revision: UInt64(revision),
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
      let scaling = target.scaling ?? Registry.Scaling()
      try db.execute(
        sql: """
          INSERT INTO deployment_target (model, revision, version, replicas, weight, replicas_min,
            replicas_max, wait_target, idle)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          deployment.model, revision, target.version, target.replicas, target.weight, scaling.min,
          scaling.max, Int64(scaling.waitTarget), Int64(scaling.idle),
        ])
      if target.scaling == nil {
        try db.execute(
          sql: "DELETE FROM asked_replicas WHERE model = ? AND version = ?",
          arguments: [deployment.model, target.version])
      }
    }
    let versions = deployment.targets.map { "\($0.version)" }.joined(separator: ", ")
    try db.execute(
      sql: "DELETE FROM asked_replicas WHERE model = ? AND version NOT IN (\(versions))",
      arguments: [deployment.model])
  }

  /// Notes how many workers the load asks for.
  static func ask(_ db: Database, model: String, version: UInt32, replicas: UInt32) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO asked_replicas (model, version, replicas) VALUES (?, ?, ?)",
      arguments: [model, version, replicas])
  }

  /// Models of which some version's number of workers follows the load.
  static func scaledModels(_ db: Database) throws -> [String] {
    try String.fetchAll(
      db,
      sql: """
        SELECT DISTINCT model FROM deployment_target AS target
        WHERE replicas_max > 0
          AND revision = (SELECT MAX(revision) FROM deployment WHERE model = target.model)
        ORDER BY model
        """)
  }

  private static func asked(
    _ db: Database, _ targets: [Registry.Target], of model: String
  ) throws -> [Registry.Target] {
    try targets.map { target in
      guard target.scaling != nil,
        let asked = try UInt32.fetchOne(
          db, sql: "SELECT replicas FROM asked_replicas WHERE model = ? AND version = ?",
          arguments: [model, target.version])
      else { return target }
      var target = target
      target.replicas = asked
      return DeploymentRule.settled(target)
    }
  }

  /// By version.
  private static func targets(
    _ db: Database, model: String, revision: Int64
  ) throws -> [Registry.Target] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT version, replicas, weight, replicas_min, replicas_max, wait_target, idle
        FROM deployment_target
        WHERE model = ? AND revision = ? ORDER BY version
        """, arguments: [model, revision])
    return rows.map { row in
      Registry.Target(
        version: row["version"], replicas: row["replicas"], weight: row["weight"],
        scaling: scaling(row))
    }
  }

  private static func scaling(_ row: Row) -> Registry.Scaling? {
    let max = row["replicas_max"] as UInt32
    guard max > 0 else { return nil }
    return Registry.Scaling(
      min: row["replicas_min"], max: max, waitTarget: UInt64(row["wait_target"] as Int64),
      idle: UInt64(row["idle"] as Int64))
  }
}
