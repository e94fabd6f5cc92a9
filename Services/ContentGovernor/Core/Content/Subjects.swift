import AuditLog
package import Contracts
import GRDB
import Trust

/// The rights of people whom content and its review name: to know what is kept, and to have it erased
/// (GDPR, articles 15 and 17).
package struct Subjects: Sendable {
  let store: ContentStore
  let log: LogKeeper

  package func subject(named name: String) async throws(ContentError) -> Content.Subject {
    try ContentNames.check(name, "the person")
    var subject = try await store.read { database in
      guard let person = try PartyTable.known(name, in: database) else {
        return Content.Subject(person: name)
      }
      return try Self.everything(about: person, named: name, in: database)
    }
    subject.logEntries = try await logEntries(naming: name)
    return subject
  }

  /// Destroys the secrets of a person: their name, what they wrote about items, the content that is about
  /// them, and what the log keeps beside its leaves. No leaf changes, and every proof goes on verifying.
  ///
  /// Can be repeated: what was cut off in the middle is done by the next time.
  package func erase(
    _ request: Content.EraseSubjectRequest, by asker: Asker
  ) async throws(ContentError) -> Content.EraseSubjectResponse {
    try ContentNames.check(request.person, "the person")
    try ContentNames.checkText(request.reason, "the reason")
    let now = store.now()
    let items = try await store.change { database -> ([String]?, [ContentChange]) in
      guard let person = try PartyTable.known(request.person, in: database) else {
        return (nil, [])
      }
      let eraser = try PartyTable.person(named: asker.name, in: database)
      let items = try String.fetchAll(
        database, sql: "SELECT item FROM subject WHERE party = ? ORDER BY item",
        arguments: [person.row])
      var changes: [ContentChange] = []
      for id in items {
        var record = try ItemRecord.load(id, in: database)
        guard record.itemCase.phase != .erased else { continue }
        let before = record.itemCase.phase.name
        try record.apply(ItemEvent(kind: .erase, by: eraser, at: now), in: database)
        var change = try ItemChange(record, database).made(before: before)
        // The person may be its author too.
        change.after?["author"] = nil
        changes.append(change)
        try Self.emptyRows(of: id, in: database)
      }
      try database.execute(
        sql: "UPDATE act SET text = x'' WHERE actor = ?", arguments: [person.row])
      try PartyTable.erase(person.row, in: database)
      return (items, changes)
    }
    // What waits for the log may name them: it goes there before the log forgets them.
    try await store.flushOutbox { [log] entries in
      _ = try await log.append(entries.map { try AuditEntry(canonicalBytes: $0) })
    }
    var erased = items == nil ? 0 : 1
    for kind in [AuditReference.Kind.principal, .person] {
      do throws(LogError) {
        erased += try await log.erase(
          AuditReference(kind, request.person), by: AuditReference(.principal, asker.name),
          reason: request.reason, atMicroseconds: now.millisecondsSinceEpoch * 1000)
      } catch {
        throw .translating(error)
      }
    }
    try await store.emptyLog()
    return Content.EraseSubjectResponse(items: items ?? [], erased: UInt32(erased))
  }

  private static func everything(
    about person: PersonID, named name: String, in database: Database
  ) throws -> Content.Subject {
    let view = ItemView(database: database)
    func items(_ sql: String) throws -> [Content.Item] {
      try String.fetchAll(database, sql: sql, arguments: [person.row]).map { id in
        try view.item(.load(id, in: database))
      }
    }
    let acts = try Row.fetchAll(
      database, sql: "SELECT item, number FROM act WHERE actor = ? ORDER BY at, item, number",
      arguments: [person.row])
    return Content.Subject(
      person: name, written: try items("SELECT id FROM item WHERE author = ? ORDER BY id"),
      about: try items("SELECT item FROM subject WHERE party = ? ORDER BY item"),
      acts: try acts.map { row in
        let record = try ItemRecord.load(row["item"], in: database)
        let number: Int = row["number"]
        let act = record.acts[number - 1]
        return Content.SubjectAct(
          item: record.id, kind: act.kind, revision: act.revision, at: act.at.contract,
          text: try record.text(of: act, in: database))
      }, deliveries: try DeliveryTable.list(to: person, in: database))
  }

  private static func emptyRows(of item: String, in database: Database) throws {
    try database.execute(
      sql: "UPDATE revision SET content = x'', verdict = x'' WHERE item = ?", arguments: [item])
    try database.execute(sql: "UPDATE act SET text = x'' WHERE item = ?", arguments: [item])
    let party = try Int64.fetchOne(
      database, sql: "SELECT party FROM item WHERE id = ?", arguments: [item])
    if let party {
      try database.execute(sql: "UPDATE party SET secret = NULL WHERE id = ?", arguments: [party])
    }
  }

  private func logEntries(naming name: String) async throws(ContentError) -> UInt64 {
    var (query, count) = (LogQuery(), UInt64(0))
    query.person = name
    do throws(LogError) {
      while true {
        let page = try await log.query(query).page
        count += UInt64(page.entries.count)
        guard let next = page.next else { return count }
        query.start = next
      }
    } catch {
      throw .translating(error)
    }
  }
}
