/// What the log is told of a change: who, what, when is added by the store, why, before, after.
struct RegistryChange: Sendable, Hashable {
  /// Every kind of change that the registry makes.
  enum Action: String, Sendable, CaseIterable {
    case pushBegun = "push.begun"
    case pushAbandoned = "push.abandoned"
    case versionCommitted = "version.committed"
    case aliasSet = "alias.set"
    case versionApproved = "version.approved"
    case deploymentSet = "deployment.set"
    case deploymentRolledBack = "deployment.rolled-back"
    case deploymentScaled = "deployment.scaled"
    case leaseAcquired = "lease.acquired"
    case leaseReleased = "lease.released"
    case leaseExpired = "lease.expired"
    case workerDrained = "worker.drained"
  }

  let action: Action
  let author: Author
  /// What was changed, such as `magika` or `magika/2`.
  let subject: String
  var before = ""
  var after = ""
  var reason = ""
}

/// What came of a verb: a value, and the change it made, if any.
///
/// The store takes nothing else, so no verb can change a row without saying so to the log.
enum Outcome<Value: Sendable>: Sendable {
  case unchanged(Value)
  case changed(Value, RegistryChange)
}
