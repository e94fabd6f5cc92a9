import AuditLog
import GRDB

/// What the log is told of the newest act of an item.
struct ItemChange {
  private let record: ItemRecord
  private let database: Database

  init(_ record: ItemRecord, _ database: Database) {
    self.record = record
    self.database = database
  }

  /// - Parameter before: the state before it; nil where there was none.
  func made(before: String?) throws -> ContentChange {
    guard let act = record.acts.last,
      let action = ContentChange.Action(rawValue: "item.\(act.kind)")
    else { throw ContentError.failed(cause: "item `\(record.id)` has no act for the log") }
    let view = ItemView(database: database)
    let current = record.current
    var after: [String: AuditValue] = [
      "state": .string(record.itemCase.phase.name), "act": .integer(Int64(act.number)),
      "revision": .integer(Int64(current.number)),
      "seal": .string(current.seal.text), "bundle": .string(current.bundle),
      "workflow": .string("\(current.workflow)/\(current.workflowRevision)"),
      "channel": .string(current.purpose.channel), "locale": .string(current.purpose.locale),
    ]
    let author = try view.name(record.author)
    if !author.isEmpty { after["author"] = .string(author) }
    if !current.purpose.template.isEmpty {
      after["template"] = .string("\(current.purpose.template)/\(current.templateRevision)")
    }
    if let step = record.itemCase.openStep { after["step"] = .string(step.name) }
    if let until = act.until { after["until"] = .string("\(until)") }
    let actor = try view.name(act.actor)
    return ContentChange(
      action: action, actor: actor.isEmpty ? nil : actor,
      subject: AuditReference(.item, record.id),
      before: before.map { ["state": .string($0)] }, after: after)
  }
}
