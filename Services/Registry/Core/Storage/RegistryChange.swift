import AuditLog
import Trust

/// What the log is told of a change; the store adds when.
struct RegistryChange: Sendable {
  /// Every kind of change that the registry makes, by its name in the log.
  enum Action: String, Sendable, CaseIterable {
    case pushBegin = "push.begin"
    case pushAbandon = "push.abandon"
    case modelPush = "model.push"
    case aliasSet = "alias.set"
    case approvalAdd = "approval.add"
    case deploymentSet = "deployment.set"
    case deploymentRollback = "deployment.rollback"
    case deploymentScale = "deployment.scale"
    case workerLease = "worker.lease"
    case workerRelease = "worker.release"
    case workerLost = "worker.lost"
    case workerDrain = "worker.drain"
  }

  let action: Action
  let author: Author
  let subject: AuditReference
  /// What was so; nil where there was nothing.
  var before: [String: AuditValue]?
  /// What is so now; nil after a removal.
  var after: [String: AuditValue]?
  var reason = ""

  func entry(at time: Timestamp) throws -> AuditEntry {
    guard let kind = AuditKind(action.rawValue) else {
      throw RegistryError.failed(cause: "`\(action.rawValue)` is no kind of entry")
    }
    return try AuditEntry(
      occurredAtMicroseconds: time.millisecondsSinceEpoch * 1000, service: "registry", kind: kind,
      actor: AuditReference(author.kind, author.name), subject: subject, reason: reason,
      before: before, after: after)
  }
}

/// What came of a verb: a value, and the change it made, if any.
///
/// The store takes nothing else from a verb that writes, so none can change a row without saying so
/// to the log.
enum Outcome<Value: Sendable>: Sendable {
  case unchanged(Value)
  case changed(Value, RegistryChange)
}
