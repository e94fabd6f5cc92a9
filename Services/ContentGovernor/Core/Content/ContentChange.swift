import AuditLog
import Trust

/// What the log is told of a change; the store adds when. Never content, never a plain digest of it.
struct ContentChange: Sendable {
  /// Every kind of change to content, by its name in the log.
  enum Action: String, Sendable, CaseIterable {
    case itemSubmit = "item.submit"
    case itemRevise = "item.revise"
    case itemRebind = "item.rebind"
    case itemComment = "item.comment"
    case itemApprove = "item.approve"
    case itemReject = "item.reject"
    case itemRequestChanges = "item.request-changes"
    case itemLapse = "item.lapse"
    case itemRelease = "item.release"
    case itemExpire = "item.expire"
    case itemRecall = "item.recall"
    case itemErase = "item.erase"
    case itemDeliver = "item.deliver"
    case itemRefuse = "item.refuse"
    case templateSet = "template.set"
    case templateApprove = "template.approve"
    case templateRefuse = "template.refuse"
    case workflowSet = "workflow.set"
  }

  let action: Action
  /// Nil for the governor itself.
  let actor: String?
  let subject: AuditReference
  var before: [String: AuditValue]?
  var after: [String: AuditValue]?
  /// Of changes to settings. What people write about content stays with the content, where it is erased with it.
  var reason = ""

  func entry(at time: Timestamp) throws -> AuditEntry {
    guard let kind = AuditKind(action.rawValue) else {
      throw ContentError.failed(cause: "`\(action.rawValue)` is no kind of entry")
    }
    return try AuditEntry(
      occurredAtMicroseconds: time.millisecondsSinceEpoch * 1000,
      service: ContentStore.serviceName, kind: kind,
      actor: actor.map { AuditReference(.principal, $0) }
        ?? AuditReference(.service, ContentStore.serviceName),
      subject: subject, reason: reason, before: before, after: after)
  }
}
