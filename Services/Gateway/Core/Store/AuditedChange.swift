import AuditLog

/// What the log is told of a change; the store adds when.
struct AuditedChange: Sendable {
  /// Every kind of change that the gateway makes, by its name in the log.
  enum Action: String, Sendable, CaseIterable {
    case keyCreate = "key.create"
    case keyExpire = "key.expire"
    case keyRevoke = "key.revoke"
    case keyRotate = "key.rotate"
    case signInRefused = "sign-in.refused"
  }

  let action: Action
  let actor: AuditReference
  let subject: AuditReference
  /// What was so; nil where there was nothing.
  var before: [String: AuditValue]?
  var after: [String: AuditValue]?
  var reason = ""

  /// - Parameter time: nanoseconds since 1970.
  func entry(atNanoseconds time: Int64) throws -> AuditEntry {
    guard let kind = AuditKind(action.rawValue) else {
      throw GatewayError.failed(cause: "`\(action.rawValue)` is no kind of entry")
    }
    return try AuditEntry(
      occurredAtMicroseconds: time / 1_000, service: GatewayStore.serviceName, kind: kind,
      actor: actor, subject: subject, reason: reason, before: before, after: after)
  }
}

/// What came of a verb: a value, and the change it made, if any.
///
/// The store takes nothing else from a verb that changes keys, so none can do it without telling the log.
enum Outcome<Value: Sendable>: Sendable {
  case unchanged(Value)
  case changed(Value, AuditedChange)
}
