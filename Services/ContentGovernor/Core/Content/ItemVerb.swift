import AuditLog

/// Who asks for which verb on which item.
struct ItemVerb: Sendable {
  let name: String
  let item: String
  let key: String
  let asker: Asker

  init(_ name: String, _ item: String, key: String, by asker: Asker) {
    self.name = name
    self.item = item
    self.key = key
    self.asker = asker
  }

  /// What the log is told of one that was refused.
  var refused: ContentChange {
    ContentChange(
      action: .itemRefuse, actor: asker.name, subject: AuditReference(.item, item),
      after: ["verb": .string(name)])
  }
}
