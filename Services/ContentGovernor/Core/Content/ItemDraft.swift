import Contracts
import GRDB
import Trust

/// An item that is not there yet.
struct ItemDraft: Sendable {
  private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz")

  let id: String
  let author: PersonID
  let purpose: Purpose
  let origin: Content.Origin
  /// Names, sorted.
  let subjects: [String]
  let checked: CheckedContent
  let reason: String

  /// A short name that nobody has: the second it was made, so that names sort by time, and chance.
  static func newID(at now: Timestamp, in database: Database) throws -> String {
    while true {
      let seconds = UInt64(max(0, now.millisecondsSinceEpoch) / 1000)
      let id =
        spell(seconds, digits: 7) + "-" + spell(UInt64.random(in: 0..<(1 << 25)), digits: 5)
      let isTaken = try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT 1 FROM item WHERE id = ?)", arguments: [id])
      if isTaken != true { return id }
    }
  }

  /// Writes it, with a secret of its own.
  func insert(at now: Timestamp, in database: Database) throws -> ItemRecord {
    let binding = try Binding.inForce(for: purpose, in: database)
    let party = try PartyTable.add(kind: PartyTable.itemKind, name: id, in: database)
    let people = try subjects.map { try PartyTable.person(named: $0, in: database) }
      .sorted { $0.row < $1.row }
    try database.execute(
      sql: """
        INSERT INTO item (id, party, author, origin_model, origin_version, origin_request, created_at,
          state, channel, current, due_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'review', ?, 1, NULL)
        """,
      arguments: [
        id, party, author.row, origin.model, origin.version, origin.requestID,
        now.millisecondsSinceEpoch, purpose.channel,
      ])
    for person in people {
      try database.execute(
        sql: "INSERT INTO subject (item, party) VALUES (?, ?)", arguments: [id, person.row])
    }
    return try begin(party: party, people, binding, at: now, in: database)
  }

  private func begin(
    party: Int64, _ people: [PersonID], _ binding: Binding, at now: Timestamp,
    in database: Database
  ) throws -> ItemRecord {
    let workflow = try WorkflowTable.machine(
      binding.workflow, binding.workflowRevision, in: database)
    let secrets = try ([party] + people.map(\.row)).map { row in
      guard let secret = try PartyTable.secret(of: row, in: database) else {
        throw ContentError.failed(cause: "party \(row) has no secret")
      }
      return secret
    }
    let key = ContentKey(item: id, secret: secrets[0], others: Array(secrets.dropFirst()))
    let row = RevisionRow.making(
      number: 1, cause: "submit", purpose, binding, checked, writer: author, at: now, key: key)
    try RevisionTable.add(
      row, of: id, content: checked.content, verdict: checked.verdict.encodedBytes(), key: key,
      in: database)
    let itemCase = ItemCase(submitted: row.reviewed(by: workflow), at: now)
    var record = ItemRecord(
      id: id, party: party, author: author, origin: origin, createdAt: now, subjects: people,
      revisions: [row], acts: [], itemCase: itemCase)
    try record.begin(by: author, at: now, text: reason, in: database)
    return record
  }

  private static func spell(_ number: UInt64, digits count: Int) -> String {
    var (rest, text) = (number, "")
    for _ in 0..<count {
      text = String(digits[Int(rest & 31)]) + text
      rest >>= 5
    }
    return text
  }
}
