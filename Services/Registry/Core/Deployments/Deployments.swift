import AuditLog
package import Contracts
import GRDB
import Trust

/// The verbs of desired state.
///
/// Each checks the approvals from their signatures, in the transaction that makes the change.
package struct Deployments: Sendable {
  let store: RegistryStore
  let board: ChangeBoard
  let limits: RegistryLimits
  let trust: @Sendable () async throws(RegistryError) -> TrustDesk

  /// Replaces a model's desired state.
  ///
  /// - Throws: `invalid` for a state that none can be, `missing` for a version that is not here,
  ///   `conflict` where somebody changed the state since `expected_revision`, `refused` where a
  ///   version is not approved.
  package func set(
    _ request: Registry.SetDeploymentRequest, by author: Author
  ) async throws(RegistryError) -> Registry.Deployment {
    let environment =
      request.environment.isEmpty ? DeploymentRule.environmentDefault : request.environment
    try NameRule.checkEnvironment(environment)
    try DeploymentRule.check(request.targets, limits: limits)
    return try await change(request.model, .deploymentSet, request.reason, author) {
      db, current, require throws in
      let revision = current?.revision ?? 0
      guard request.expectedRevision == 0 || request.expectedRevision == revision else {
        throw RegistryError.conflict(
          "`\(request.model)` is at revision \(revision), you saw \(request.expectedRevision): "
            + "look at what changed, then deploy again")
      }
      for target in request.targets { try require(target.version, environment) }
      return (environment, request.targets)
    }
  }

  /// Goes back to what ran before the newest version of the current state.
  ///
  /// - Throws: `refused` where nothing else has run, or its approvals hold no more.
  package func rollBack(
    _ request: Registry.RollbackRequest, by author: Author
  ) async throws(RegistryError) -> Registry.Deployment {
    try await change(request.model, .deploymentRollback, request.reason, author) {
      db, _, require throws in
      let history = try DeploymentTable.history(
        db, model: request.model, limit: Self.historyMax)
      guard let earlier = DeploymentRule.rollback(history: history) else {
        throw RegistryError.refused(
          "nothing else of `\(request.model)` has run: deploy the version that you want")
      }
      for target in earlier.targets { try require(target.version, earlier.environment) }
      return (earlier.environment, earlier.targets)
    }
  }

  /// Changes how many workers a version has. Asking for what is changes nothing.
  ///
  /// - Throws: `refused` where nothing is deployed, or where more workers are asked for and the
  ///   approvals hold no more: they would not load.
  package func scale(
    _ request: Registry.ScaleRequest, by author: Author
  ) async throws(RegistryError) -> Registry.Deployment {
    let limits = limits
    return try await change(request.model, .deploymentScale, request.reason, author) {
      _, current, require throws in
      let before = current?.targets ?? []
      let after = try DeploymentRule.scale(
        before, version: request.version, replicas: request.replicas, scaling: request.scaling,
        limits: limits
      ).map(DeploymentRule.settled)
      guard let environment = current?.environment, after != before else { return nil }
      for (old, new) in zip(before, after) where Self.mayBeMore(new, than: old) {
        try require(new.version, environment)
      }
      return (environment, after)
    }
  }

  private static func mayBeMore(_ new: Registry.Target, than old: Registry.Target) -> Bool {
    max(new.replicas, new.scaling?.max ?? 0) > max(old.replicas, old.scaling?.max ?? 0)
  }

  /// Desired states, newest first.
  package func history(
    _ request: Registry.ListDeploymentsRequest
  ) async throws(RegistryError) -> [Registry.Deployment] {
    let limit = request.limit == 0 ? 100 : min(Int(request.limit), limits.pageMax)
    return try await store.read { db in
      guard try VersionTable.exists(db, model: request.model) else {
        throw RegistryError.missing("model `\(NameRule.excerpt(request.model))` is not here")
      }
      return try DeploymentTable.history(db, model: request.model, limit: limit)
    }
  }

  /// Revisions that a rollback looks back: more than a year of three changes a day.
  private static let historyMax = 1200

  /// Refuses a version that is not approved for an environment.
  private typealias Requirement = (_ version: UInt32, _ environment: String) throws -> Void

  /// Makes the next revision of what `decide` answers, or none if it answers nil.
  private func change(
    _ model: String, _ action: RegistryChange.Action, _ reason: String, _ author: Author,
    _ decide:
      @escaping @Sendable (Database, Registry.Deployment?, Requirement) throws
      -> (environment: String, targets: [Registry.Target])?
  ) async throws(RegistryError) -> Registry.Deployment {
    try ReasonRule.check(reason, limits: limits)
    let desk = try await trust()
    let now = store.now()
    let deployment: Registry.Deployment = try await store.change { db in
      guard try VersionTable.exists(db, model: model) else {
        throw RegistryError.missing(
          "model `\(NameRule.excerpt(model))` is not here: see `slipway model list`")
      }
      let current = try DeploymentTable.current(db, model: model)
      let decision = try decide(db, current) { version, environment in
        try VersionTable.require(db, model: model, number: version)
        try ApprovalCase(db, model: model, version: version)
          .require(in: environment, by: desk, now: now)
      }
      guard let decision else {
        return .unchanged(current ?? Registry.Deployment(model: model))
      }
      let next = Registry.Deployment(
        model: model, environment: decision.environment,
        targets: decision.targets.map(DeploymentRule.settled).sorted { $0.version < $1.version },
        revision: (current?.revision ?? 0) + 1, setBy: author.name,
        setAt: now.nanosecondsSinceEpoch, reason: reason)
      try DeploymentTable.insert(db, next)
      return .changed(
        next,
        RegistryChange(
          action: action, author: author, subject: AuditReference(.deployment, model),
          before: current.map(Self.audited), after: Self.audited(next), reason: reason))
    }
    board.post(model: model)
    return deployment
  }

  private static func audited(_ scaling: Registry.Scaling?) -> [String: AuditValue] {
    guard let scaling else { return [:] }
    return [
      "replicas_min": .integer(Int64(scaling.min)), "replicas_max": .integer(Int64(scaling.max)),
    ]
  }

  static func audited(_ deployment: Registry.Deployment) -> [String: AuditValue] {
    [
      "revision": .integer(Int64(deployment.revision)),
      "environment": .string(deployment.environment),
      "targets": .array(
        deployment.targets.map { target in
          .object(
            [
              "version": .integer(Int64(target.version)),
              "replicas": .integer(Int64(target.replicas)),
              "weight": .integer(Int64(target.weight)),
            ].merging(audited(target.scaling)) { one, _ in one })
        }),
    ]
  }
}
