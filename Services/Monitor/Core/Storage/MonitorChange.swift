import AuditLog

/// What the log is told of a change; the store adds when.
struct MonitorChange: Sendable {
  /// Every kind of change that the monitor makes, by its name in the log.
  enum Action: String, Sendable, CaseIterable {
    case baselineTake = "baseline.take"
    case baselinePush = "baseline.push"
    case taskSet = "task.set"
    case labelsAdd = "labels.add"
    case watchSet = "watch.set"
    case alertFire = "alert.fire"
    case alertResolve = "alert.resolve"
    case alertAcknowledge = "alert.acknowledge"
  }

  let action: Action
  let author: AuditReference
  let model: String
  var before: [String: AuditValue]?
  var after: [String: AuditValue]?
  var reason = ""

  func entry(atNanoseconds time: Int64) throws -> AuditEntry {
    guard let kind = AuditKind(action.rawValue) else {
      throw MonitorError.failed(cause: "`\(action.rawValue)` is no kind of entry")
    }
    return try AuditEntry(
      occurredAtMicroseconds: time / 1000, service: "monitor", kind: kind, actor: author,
      subject: AuditReference(.model, model), reason: reason, before: before, after: after)
  }
}

/// What came of a verb: a value, and the change it made, if any.
enum Outcome<Value: Sendable>: Sendable {
  case unchanged(Value)
  case changed(Value, MonitorChange)
}
