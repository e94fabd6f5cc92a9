import Contracts
import GRDB
import Trust

extension ItemRecord {
  /// Takes new content or another purpose: the review begins anew.
  mutating func revise(
    _ checked: CheckedContent, for purpose: Purpose, by person: PersonID, at now: Timestamp,
    text: String, in database: Database
  ) throws {
    try add(checked, for: purpose, by: person, at: now, text: text, in: database) { .revise($0) }
  }

  /// Takes what is in force around the same content: the review begins anew.
  mutating func rebind(
    _ checked: CheckedContent, at now: Timestamp, in database: Database
  ) throws {
    try add(checked, for: current.purpose, by: nil, at: now, text: "", in: database) {
      .rebind($0)
    }
  }

  /// The seal of the newest revision, made again from the bytes that are kept and held against what the
  /// caller saw.
  ///
  /// - Throws: `refused` where they saw something else.
  func seal(ofSeen digest: [UInt8], in database: Database) throws -> ReviewSeal {
    guard let key = try key(in: database),
      let content = try content(current.number, in: database)
    else { throw ContentError.refused("item `\(id)`: \(ReviewRefusal.erased.message)") }
    let bound = current.bound(content)
    guard bound.digest.bytes == digest else {
      throw ContentError.refused("item `\(id)`: \(ReviewRefusal.otherContent.message)")
    }
    return key.seal(of: bound)
  }

  private mutating func add(
    _ checked: CheckedContent, for purpose: Purpose, by person: PersonID?, at now: Timestamp,
    text: String, in database: Database, _ kind: (ReviewedRevision) -> ItemEvent.Kind
  ) throws {
    guard let key = try key(in: database) else {
      throw ContentError.refused("item `\(id)`: \(ReviewRefusal.erased.message)")
    }
    let binding = try Binding.inForce(for: purpose, in: database)
    let workflow = try WorkflowTable.machine(
      binding.workflow, binding.workflowRevision, in: database)
    let row = RevisionRow.making(
      number: current.number + 1, cause: person == nil ? "rebind" : "revise", purpose, binding,
      checked, writer: person, at: now, key: key)
    let event = ItemEvent(kind: kind(row.reviewed(by: workflow)), by: person, at: now)
    try apply(event, revision: row, text: text, in: database)
    try RevisionTable.add(
      row, of: id, content: checked.content, verdict: checked.verdict.encodedBytes(), key: key,
      in: database)
  }
}

extension RevisionRow {
  static func making(
    number: UInt32, cause: String, _ purpose: Purpose, _ binding: Binding,
    _ checked: CheckedContent, writer: PersonID?, at now: Timestamp, key: ContentKey
  ) -> RevisionRow {
    func row(_ seal: ReviewSeal) -> RevisionRow {
      RevisionRow(
        number: number, cause: cause, purpose: purpose,
        templateRevision: binding.templateRevision, templateDigest: binding.templateDigest,
        bundle: checked.bundle, workflow: binding.workflow,
        workflowRevision: binding.workflowRevision, isApprovable: checked.isApprovable, seal: seal,
        writer: writer, writtenAt: now)
    }
    return row(key.seal(of: row(ReviewSeal(bytes: [])).bound(checked.content)))
  }
}
