import Contracts
import GRDB
import Trust

/// Items as callers see them.
struct ItemView {
  let database: Database

  /// All of it: the newest content, its findings, every act.
  func item(_ record: ItemRecord) throws -> Content.Item {
    var item = try summary(record)
    item.revision = try revision(record, record.current)
    item.acts = try record.acts.map { act in
      Content.Act(
        kind: act.kind, revision: act.revision, by: try name(act.actor),
        at: act.at.contract, text: try record.text(of: act, in: database))
    }
    item.subjects = try record.subjects.compactMap {
      try PartyTable.name(of: $0, in: database)
    }
    return item
  }

  /// Without content, findings and acts.
  func summary(_ record: ItemRecord) throws -> Content.Item {
    let itemCase = record.itemCase
    return Content.Item(
      id: record.id, state: itemCase.phase.name, purpose: record.current.purpose.contract,
      author: try name(record.author), origin: record.origin, createdAt: record.createdAt.contract,
      revision: Content.Revision(number: record.current.number),
      step: itemCase.openStep?.name ?? "",
      needs: itemCase.openStep.map {
        itemCase.workflow.missing(in: $0, after: itemCase.consenting)
      } ?? "", dueAt: itemCase.dueAt?.contract ?? 0)
  }

  func revision(_ record: ItemRecord, _ row: RevisionRow) throws -> Content.Revision {
    var revision = Content.Revision(
      number: row.number, cause: row.cause, purpose: row.purpose.contract,
      templateRevision: row.templateRevision, templateDigest: row.templateDigest,
      bundle: row.bundle, workflow: row.workflow,
      workflowRevision: row.workflowRevision, writtenBy: try name(row.writer),
      writtenAt: row.writtenAt.contract)
    guard let key = try record.key(in: database), record.itemCase.phase != .erased else {
      return revision
    }
    let content = try RevisionTable.open(
      "content", of: record.id, row.number, key: key, in: database)
    let verdict = try Content.Revision(
      decoding: RevisionTable.open("verdict", of: record.id, row.number, key: key, in: database))
    revision.content = content
    revision.digest = row.bound(content).digest.bytes
    revision.verdict = verdict.verdict
    revision.findings = verdict.findings
    revision.redacted = verdict.redacted
    return revision
  }

  func name(_ person: PersonID?) throws -> String {
    try person.flatMap { try PartyTable.name(of: $0, in: database) } ?? ""
  }
}

extension Timestamp {
  /// Nanoseconds since 1970, as the contracts carry times.
  var contract: Int64 {
    let (nanoseconds, overflows) = millisecondsSinceEpoch.multipliedReportingOverflow(by: 1_000_000)
    return overflows ? (millisecondsSinceEpoch < 0 ? .min : .max) : nanoseconds
  }

  /// From the contracts' nanoseconds; nil for 0.
  init?(contract nanoseconds: Int64) {
    guard nanoseconds != 0 else { return nil }
    self.init(millisecondsSinceEpoch: nanoseconds / 1_000_000)
  }
}
