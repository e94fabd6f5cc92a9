import Contracts
import GRDB
import Storage
import Trust

/// One item as its rows tell it, and the machine that they make.
struct ItemRecord: Sendable {
  let id: String
  let party: Int64
  let author: PersonID
  let origin: Content.Origin
  let createdAt: Timestamp
  let subjects: [PersonID]
  private(set) var revisions: [RevisionRow]
  private(set) var acts: [ActRow]
  private(set) var itemCase: ItemCase

  /// - Throws: `missing` where there is no such item.
  static func load(_ id: String, in database: Database) throws -> ItemRecord {
    guard
      let row = try Row.fetchOne(database, sql: "SELECT * FROM item WHERE id = ?", arguments: [id])
    else { throw ContentError.missing("item `\(ContentNames.excerpt(id))` is not here") }
    let subjects = try Int64.fetchAll(
      database, sql: "SELECT party FROM subject WHERE item = ? ORDER BY party", arguments: [id])
    let revisions = try RevisionTable.all(of: id, in: database)
    let acts = try ActTable.all(of: id, in: database)
    let itemCase = try replay(acts, revisions, id, in: database)
    return ItemRecord(
      id: id, party: row["party"], author: PersonID(row: row["author"]),
      origin: Content.Origin(
        model: row["origin_model"], version: row["origin_version"],
        requestID: row["origin_request"]),
      createdAt: Timestamp(millisecondsSinceEpoch: row["created_at"]),
      subjects: subjects.map { PersonID(row: $0) }, revisions: revisions, acts: acts,
      itemCase: itemCase)
  }

  init(
    id: String, party: Int64, author: PersonID, origin: Content.Origin, createdAt: Timestamp,
    subjects: [PersonID], revisions: [RevisionRow], acts: [ActRow], itemCase: ItemCase
  ) {
    self.id = id
    self.party = party
    self.author = author
    self.origin = origin
    self.createdAt = createdAt
    self.subjects = subjects
    self.revisions = revisions
    self.acts = acts
    self.itemCase = itemCase
  }

  /// The newest revision.
  var current: RevisionRow { revisions[revisions.count - 1] }

  /// Nil once a secret that it follows from was destroyed.
  ///
  /// - Parameter actor: whose words it is to seal; nil for the item itself.
  func key(with actor: PersonID? = nil, in database: Database) throws -> ContentKey? {
    guard let secret = try PartyTable.secret(of: party, in: database) else { return nil }
    var others: [[UInt8]] = []
    for person in subjects + (actor.map { [$0] } ?? []) {
      guard let secret = try PartyTable.secret(of: person.row, in: database) else { return nil }
      others.append(secret)
    }
    return ContentKey(item: id, secret: secret, others: others)
  }

  /// The content of a revision; nil once it was erased.
  func content(_ number: UInt32, in database: Database) throws -> [UInt8]? {
    guard let key = try key(in: database) else { return nil }
    return try RevisionTable.open("content", of: id, number, key: key, in: database)
  }

  /// What somebody wrote at an act; empty for nothing and for what was erased.
  func text(of act: ActRow, in database: Database) throws -> String {
    guard !act.sealedText.isEmpty, let key = try key(with: act.actor, in: database),
      let text = key.open(act.sealedText, at: ActTable.place(id, act.number))
    else { return "" }
    return String(decoding: text, as: UTF8.self)
  }

  /// Lets an event happen: in the machine, and in the rows of the transaction that `database` is in.
  ///
  /// - Parameters:
  ///   - revision: kept already, for events that bring one.
  ///   - text: what whoever acts says about it.
  /// - Throws: `refused`, with nothing changed.
  mutating func apply(
    _ event: ItemEvent, revision: RevisionRow? = nil, text: String = "", in database: Database
  ) throws {
    do throws(ReviewRefusal) {
      try itemCase.apply(event)
    } catch {
      throw ContentError.refused("item `\(id)`: \(error.message)")
    }
    guard acts.count < ContentLimits.actsMax || event.isEnd else {
      throw ContentError.exhausted("item `\(id)` has \(ContentLimits.actsMax) acts: recall it")
    }
    if let revision { revisions.append(revision) }
    var until: Timestamp?
    if case .release(_, let end) = event.kind { until = end }
    try write(event.name, by: event.by, at: event.at, until: until, text: text, in: database)
  }

  /// Writes the first act, which the machine began with.
  mutating func begin(
    by person: PersonID, at now: Timestamp, text: String, in database: Database
  ) throws {
    try write("submit", by: person, at: now, until: nil, text: text, in: database)
  }

  private mutating func write(
    _ kind: String, by person: PersonID?, at now: Timestamp, until: Timestamp?, text: String,
    in database: Database
  ) throws {
    let number = acts.count + 1
    var sealed: [UInt8] = []
    if !text.isEmpty, let key = try key(with: person, in: database) {
      sealed = try key.seal(Array(text.utf8), at: ActTable.place(id, number))
    }
    let act = ActRow(
      number: number, kind: kind, revision: itemCase.revision.number, actor: person, at: now,
      until: until, sealedText: sealed)
    try ActTable.add(act, of: id, in: database)
    acts.append(act)
    try writeSummary(in: database)
  }

  /// Writes down what time has done by now.
  ///
  /// - Returns: whether it did something.
  mutating func settle(at now: Timestamp, in database: Database) throws -> ItemEvent? {
    guard let event = itemCase.due(at: now) else { return nil }
    try apply(event, in: database)
    return event
  }

  private func writeSummary(in database: Database) throws {
    try database.execute(
      sql: "UPDATE item SET state = ?, channel = ?, current = ?, due_at = ? WHERE id = ?",
      arguments: [
        itemCase.phase.name, current.purpose.channel, current.number,
        itemCase.dueAt?.millisecondsSinceEpoch, id,
      ])
  }
}
