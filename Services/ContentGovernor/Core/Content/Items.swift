import AuditLog
package import Contracts
import GRDB
import Trust

/// The verbs of content under review.
///
/// Each lets one event happen to one item, in one transaction with its entry for the log. Repeated with
/// the same request key, it is not done again.
package struct Items: Sendable {
  let store: ContentStore
  let check: ContentCheck

  /// Takes content, holds it against policy, and opens the first step of its workflow.
  ///
  /// - Throws: `refused` where no workflow decides on such content; `unavailable` where the policy does
  ///   not answer: nothing is taken then.
  package func submit(
    _ request: Content.SubmitItemRequest, by asker: Asker
  ) async throws(ContentError) -> Content.Item {
    try ContentNames.checkKey(request.requestKey)
    try ContentNames.checkText(request.reason, "the reason")
    let purpose = try Purpose(request.purpose ?? Content.Purpose())
    let origin = try Self.origin(request.origin)
    let subjects = try Self.subjects(request.subjects)
    try Self.checkContent(request.content)
    let checked = try await check.check(request.content, for: purpose, origin: origin)
    let now = store.now()
    return try await store.change { database in
      let person = try PartyTable.person(named: asker.name, in: database)
      if let done = try RequestTable.subject(
        of: "submit", by: person, key: request.requestKey, in: database)
      {
        return (try ItemView(database: database).item(.load(done, in: database)), [])
      }
      let draft = ItemDraft(
        id: try ItemDraft.newID(at: now, in: database), author: person, purpose: purpose,
        origin: origin, subjects: subjects, checked: checked, reason: request.reason)
      let record = try draft.insert(at: now, in: database)
      try RequestTable.add(
        "submit", of: record.id, by: person, key: request.requestKey, in: database)
      let change = try ItemChange(record, database).made(before: nil)
      return (try ItemView(database: database).item(record), [change])
    }
  }

  /// Replaces the content or what it is meant for. Whatever was approved or released is void.
  package func revise(
    _ request: Content.ReviseItemRequest, by asker: Asker
  ) async throws(ContentError) -> Content.Item {
    try ContentNames.checkText(request.reason, "the reason")
    try Self.checkContent(request.content)
    let asked = try request.purpose.map { purpose throws(ContentError) in try Purpose(purpose) }
    let (before, origin) = try await store.read { database in
      let record = try ItemRecord.load(request.item, in: database)
      try asker.checkSees(
        record, as: try PartyTable.known(asker.name, in: database))
      return (record.current.purpose, record.origin)
    }
    let purpose = asked ?? before
    let checked = try await check.check(request.content, for: purpose, origin: origin)
    let verb = ItemVerb("revise", request.item, key: request.requestKey, by: asker)
    return try await act(verb) { record, person, now, database in
      guard record.current.number == request.expectedRevision else {
        throw ContentError.conflict(
          "item `\(record.id)` is at revision \(record.current.number), you saw "
            + "\(request.expectedRevision): look at what changed, then revise it again")
      }
      try record.revise(
        checked, for: purpose, by: person, at: now, text: request.reason, in: database)
    }
  }

  package func comment(
    _ request: Content.CommentItemRequest, by asker: Asker
  ) async throws(ContentError) -> Content.Item {
    try ContentNames.checkText(request.text, "the comment")
    guard !request.text.isEmpty else { throw .invalid("expected a comment, got none") }
    let verb = ItemVerb("comment", request.item, key: request.requestKey, by: asker)
    return try await act(verb) { record, person, now, database in
      try record.apply(
        ItemEvent(kind: .comment, by: person, at: now), text: request.text, in: database)
    }
  }

  /// One person's decision on exactly what they saw.
  package func decide(
    _ request: Content.DecideItemRequest, by asker: Asker
  ) async throws(ContentError) -> Content.Item {
    try ContentNames.checkText(request.reason, "the reason")
    guard ["approve", "reject", "request-changes"].contains(request.decision) else {
      throw .invalid(
        "expected `approve`, `reject` or `request-changes`, got `\(ContentNames.excerpt(request.decision))`"
      )
    }
    guard request.decision == "approve" || !request.reason.isEmpty else {
      throw .invalid("expected a reason: the author has to know what to do")
    }
    let verb = ItemVerb(request.decision, request.item, key: request.requestKey, by: asker)
    try await refresh(request.item, for: verb)
    return try await act(verb) { record, person, now, database in
      let seal = try record.seal(ofSeen: request.digest, in: database)
      let kind: ItemEvent.Kind =
        switch request.decision {
        case "approve": .approve(seal)
        case "reject": .reject(seal)
        default: .requestChanges(seal)
        }
      try record.apply(
        ItemEvent(kind: kind, by: person, at: now), text: request.reason, in: database)
    }
  }

  /// Lets the audience have what is fully approved.
  package func release(
    _ request: Content.ReleaseItemRequest, by asker: Asker
  ) async throws(ContentError) -> Content.Item {
    try ContentNames.checkText(request.reason, "the reason")
    let verb = ItemVerb("release", request.item, key: request.requestKey, by: asker)
    try await refresh(request.item, for: verb)
    return try await act(verb) { record, person, now, database in
      let seal = try record.seal(ofSeen: request.digest, in: database)
      try record.apply(
        ItemEvent(
          kind: .release(seal, until: Timestamp(contract: request.until)), by: person, at: now),
        text: request.reason, in: database)
    }
  }

  /// Ends an item for good, and says who has got it.
  package func recall(
    _ request: Content.RecallItemRequest, by asker: Asker
  ) async throws(ContentError) -> Content.RecallItemResponse {
    try ContentNames.checkText(request.reason, "the reason")
    let verb = ItemVerb("recall", request.item, key: request.requestKey, by: asker)
    let item = try await act(verb) { record, person, now, database in
      try record.apply(
        ItemEvent(kind: .recall, by: person, at: now), text: request.reason, in: database)
    }
    return Content.RecallItemResponse(
      item: item, deliveries: try await deliveries(of: request.item))
  }
}

extension Items {
  /// Lets one event happen to an item.
  ///
  /// - Parameter body: may throw `refused`; then nothing of it stays, and the log is told that it was tried.
  func act(
    _ verb: ItemVerb,
    _ body:
      @escaping @Sendable (inout ItemRecord, PersonID, Timestamp, Database) throws -> Void
  ) async throws(ContentError) -> Content.Item {
    try ContentNames.checkKey(verb.key)
    let now = store.now()
    let attempt: Attempt = try await store.change { database in
      let person = try PartyTable.person(named: verb.asker.name, in: database)
      if let done = try RequestTable.subject(
        of: verb.name, by: person, key: verb.key, in: database)
      {
        return (.done(try ItemView(database: database).item(.load(done, in: database))), [])
      }
      var record = try ItemRecord.load(verb.item, in: database)
      try verb.asker.checkSees(record, as: person)
      var changes: [ContentChange] = []
      var before = record.itemCase.phase.name
      if try record.settle(at: now, in: database) != nil {
        changes.append(try ItemChange(record, database).made(before: before))
        before = record.itemCase.phase.name
      }
      do {
        try database.inSavepoint {
          try body(&record, person, now, database)
          return .commit
        }
      } catch ContentError.refused(let message) {
        return (.refused(message), changes)
      }
      try RequestTable.add(verb.name, of: record.id, by: person, key: verb.key, in: database)
      changes.append(try ItemChange(record, database).made(before: before))
      return (.done(try ItemView(database: database).item(record)), changes)
    }
    switch attempt {
    case .done(let item): return item
    case .refused(let message):
      await store.report(verb.refused)
      throw .refused(message)
    }
  }

  /// Brings what waits for a decision or a release under the policy, the template and the workflow that
  /// are in force now.
  ///
  /// - Throws: `conflict` where that began its review anew.
  func refresh(_ id: String, for verb: ItemVerb) async throws(ContentError) {
    let known = try await store.read { database -> (ItemRecord, [UInt8], Bool)? in
      let record = try ItemRecord.load(id, in: database)
      try verb.asker.checkSees(record, as: try PartyTable.known(verb.asker.name, in: database))
      guard record.itemCase.phase.isPending,
        let content = try record.content(record.current.number, in: database)
      else { return nil }
      let binding = try Binding.inForce(for: record.current.purpose, in: database)
      return (record, content, binding == Binding(record.current))
    }
    guard let (record, content, isBound) = known else { return }
    let current = record.current
    let bundle = try await check.bundle(for: current.purpose, origin: record.origin) ?? ""
    guard !isBound || bundle != current.bundle else { return }
    let checked = try await check.check(content, for: current.purpose, origin: record.origin)
    let now = store.now()
    try await store.change { database in
      var record = try ItemRecord.load(id, in: database)
      guard record.current.number == current.number, record.itemCase.phase.isPending else {
        return ((), [])
      }
      let before = record.itemCase.phase.name
      try record.rebind(checked, at: now, in: database)
      return ((), [try ItemChange(record, database).made(before: before)])
    }
    throw .conflict(
      "item `\(id)`: its policy, its template or its workflow changed, so its review began anew: "
        + "look at it again")
  }

  /// What came of an attempt, once it is on disk.
  private enum Attempt: Sendable {
    case done(Content.Item)
    case refused(String)
  }

  private static func checkContent(_ content: [UInt8]) throws(ContentError) {
    guard (1...ContentLimits.contentBytesMax).contains(content.count) else {
      throw .invalid(
        "expected content of 1 to \(ContentLimits.contentBytesMax) bytes, got \(content.count)")
    }
    guard String(validating: content, as: UTF8.self) != nil else {
      throw .invalid("expected content in UTF-8")
    }
  }

  private static func origin(_ origin: Content.Origin?) throws(ContentError) -> Content.Origin {
    let origin = origin ?? Content.Origin()
    if origin.model.isEmpty {
      guard origin == Content.Origin() else {
        throw .invalid("expected a model with its version and request, or no origin at all")
      }
    } else {
      try ContentNames.check(origin.model, "the model")
      guard origin.version > 0 else { throw .invalid("expected the model's version") }
      if !origin.requestID.isEmpty { try ContentNames.check(origin.requestID, "the request id") }
    }
    return origin
  }

  private static func subjects(_ names: [String]) throws(ContentError) -> [String] {
    guard names.count <= ContentLimits.subjectsMax else {
      throw .invalid("expected at most \(ContentLimits.subjectsMax) subjects, got \(names.count)")
    }
    for name in names { try ContentNames.check(name, "the subject") }
    return Set(names).sorted()
  }
}
