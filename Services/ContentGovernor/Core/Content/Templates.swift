import AuditLog
package import Contracts
import GRDB
import Trust

/// The verbs of templates: set by one person, approved by another, filled by released items only.
package struct Templates: Sendable {
  private static let domain = "slipway template v1\n"

  let store: ContentStore

  package func set(
    _ request: Content.SetTemplateRequest, by asker: Asker
  ) async throws(ContentError) -> Content.Template {
    let template = request.draft ?? Content.Template()
    try ContentNames.checkKey(request.requestKey)
    try ContentNames.checkText(request.reason, "the reason")
    try ContentNames.check(template.name, "the template")
    _ = try Self.parsed(template)
    let now = store.now()
    return try await store.change { database in
      let person = try PartyTable.person(named: asker.name, in: database)
      if let done = try RequestTable.subject(
        of: "template", by: person, key: request.requestKey, in: database),
        let row = try TemplateTable.read(template.name, UInt32(done) ?? 0, in: database)
      {
        return (try row.contract(in: database), [])
      }
      let row = try TemplateTable.add(
        template, digest: Self.digest(template), by: person, at: now, in: database)
      try RequestTable.add(
        "template", of: "\(row.revision)", by: person, key: request.requestKey, in: database)
      return (
        try row.contract(in: database), [Self.change(.templateSet, row, by: asker, request.reason)]
      )
    }
  }

  /// Lets a revision be used; what is under review for an older one begins anew.
  package func approve(
    _ request: Content.ApproveTemplateRequest, by asker: Asker
  ) async throws(ContentError) -> Content.Template {
    try ContentNames.checkText(request.reason, "the reason")
    let now = store.now()
    let (approved, fault): (Content.Template, String?) = try await store.change { database in
      let found = try TemplateTable.read(request.name, request.revision, in: database)
      guard let row = found else {
        throw ContentError.missing(
          "template `\(ContentNames.excerpt(request.name))` has no revision \(request.revision)")
      }
      let person = try PartyTable.person(named: asker.name, in: database)
      if row.approver != nil { return ((try row.contract(in: database), nil), []) }
      if row.setter == person {
        return ((Content.Template(), "you set it: somebody else decides"), [])
      }
      if row.digest != request.digest {
        return ((Content.Template(), "it is not what you looked at: look again"), [])
      }
      try database.execute(
        sql: """
          UPDATE template SET approver = ?, approved_at = ? WHERE name = ? AND revision = ?
          """,
        arguments: [person.row, now.millisecondsSinceEpoch, row.name, row.revision])
      guard let after = try TemplateTable.read(row.name, row.revision, in: database) else {
        throw ContentError.failed(cause: "a template is not where it was written")
      }
      return (
        (try after.contract(in: database), nil),
        [Self.change(.templateApprove, after, by: asker, request.reason)]
      )
    }
    guard let fault else { return approved }
    await store.report(
      ContentChange(
        action: .templateRefuse, actor: asker.name,
        subject: AuditReference(.template, request.name),
        after: ["revision": .integer(Int64(request.revision))]))
    throw .refused("template `\(request.name)`, revision \(request.revision): \(fault)")
  }

  package func list(
    _ request: Content.ListTemplatesRequest
  ) async throws(ContentError) -> Content.ListTemplatesResponse {
    try await store.read { database in
      Content.ListTemplatesResponse(
        templates: try TemplateTable.list(request.name, in: database).map {
          try $0.contract(in: database)
        })
    }
  }

  /// The newest approved revision with its slots filled. Who takes it is written down for each item.
  ///
  /// - Throws: `refused` for an item that is not released, or was approved for something else.
  package func fill(
    _ request: Content.FillTemplateRequest, by asker: Asker
  ) async throws(ContentError) -> Content.FillTemplateResponse {
    let now = store.now()
    return try await store.change { database in
      guard let row = try TemplateTable.approved(request.name, in: database) else {
        throw ContentError.refused(
          "no approved template is called `\(ContentNames.excerpt(request.name))`: "
            + "see `slipway template list`")
      }
      let template = try Self.parsed(row.contract(in: database))
      let recipient = try PartyTable.person(named: asker.name, in: database)
      var (fillings, deliveries, changes): ([String: String], [Content.Delivery], [ContentChange]) =
        ([:], [], [])
      var place: Set<[String]> = []
      for filling in request.fillings {
        guard fillings[filling.slot] == nil else {
          throw ContentError.invalid(
            "slot `\(ContentNames.excerpt(filling.slot))` is filled twice")
        }
        let record = try ItemRecord.load(filling.item, in: database)
        fillings[filling.slot] = try record.filling(
          of: row, slot: filling.slot, at: now, in: database)
        place.insert([record.current.purpose.channel, record.current.purpose.locale])
        let delivery = try DeliveryTable.add(record, to: recipient, at: now, in: database)
        deliveries.append(delivery.contract)
        changes += delivery.change.map { [$0] } ?? []
      }
      guard place.count <= 1 else {
        throw ContentError.refused("what fills a template is meant for one channel and one locale")
      }
      let content: String
      do throws(TemplateFault) {
        content = try template.filled(with: fillings)
      } catch {
        throw ContentError.refused("template `\(row.name)`: \(error)")
      }
      guard content.utf8.count <= ContentLimits.filledBytesMax else {
        throw ContentError.exhausted(
          "the filled template has \(content.utf8.count) bytes, "
            + "expected at most \(ContentLimits.filledBytesMax)")
      }
      return (
        Content.FillTemplateResponse(
          content: Array(content.utf8), templateName: row.name, revision: row.revision,
          deliveries: deliveries), changes
      )
    }
  }

  private static func parsed(_ template: Content.Template) throws(ContentError) -> SlotTemplate {
    guard let format = TemplateFormat(rawValue: template.format) else {
      throw .invalid(
        "expected the format `html`, `markdown`, `json` or `text`, got `\(ContentNames.excerpt(template.format))`"
      )
    }
    guard (1...ContentLimits.templateBytesMax).contains(template.body.count),
      let body = String(validating: template.body, as: UTF8.self)
    else {
      throw .invalid(
        "expected a template of 1 to \(ContentLimits.templateBytesMax) bytes in UTF-8")
    }
    guard template.slots.count <= ContentLimits.slotsMax,
      Set(template.slots.map(\.name)).count == template.slots.count
    else { throw .invalid("expected at most \(ContentLimits.slotsMax) slots, each once") }
    do throws(TemplateFault) {
      let slots = try template.slots.map { slot throws(TemplateFault) -> SlotTemplate.Slot in
        guard let type = SlotType(rawValue: slot.type) else {
          throw TemplateFault(
            line: 0,
            "slot `\(ContentNames.excerpt(slot.name))`: expected the type `text`, `url` "
              + "or `number`, got `\(ContentNames.excerpt(slot.type))`")
        }
        return SlotTemplate.Slot(
          name: slot.name, type: type, bytesMax: slot.bytesMax == 0 ? nil : Int(slot.bytesMax))
      }
      return try SlotTemplate(body, format: format, slots: slots)
    } catch {
      throw .invalid("template `\(ContentNames.excerpt(template.name))`: \(error)")
    }
  }

  /// Of all that a reader sees of it.
  private static func digest(_ template: Content.Template) -> [UInt8] {
    let shown = Content.Template(
      name: template.name, format: template.format, body: template.body, slots: template.slots)
    return ContentDigest(of: Array(domain.utf8) + shown.encodedBytes()).bytes
  }

  private static func change(
    _ action: ContentChange.Action, _ row: TemplateRow, by asker: Asker, _ reason: String
  ) -> ContentChange {
    // A template holds no personal data: it is locked text, which two people put there.
    ContentChange(
      action: action, actor: asker.name, subject: AuditReference(.template, row.name),
      after: [
        "revision": .integer(Int64(row.revision)), "format": .string(row.format.rawValue),
        "digest": .string(ContentDigest(bytes: row.digest)?.description ?? ""),
      ], reason: reason)
  }
}

extension ItemRecord {
  /// What this item fills a slot with.
  ///
  /// - Throws: `refused` unless it is released, and was approved for this slot of this revision.
  fileprivate func filling(
    of template: TemplateRow, slot: String, at now: Timestamp, in database: Database
  ) throws -> String {
    let purpose = current.purpose
    guard purpose.template == template.name, purpose.slot == slot,
      current.templateDigest == template.digest
    else {
      throw ContentError.refused(
        "item `\(id)` was not approved for slot `\(ContentNames.excerpt(slot))` of template "
          + "`\(template.name)`, revision \(template.revision)")
    }
    return String(decoding: try released(at: now, in: database), as: UTF8.self)
  }
}
