internal import Contracts

/// All of an item, for programs.
struct ItemDetail: PresentableRow {
  struct Finding: Encodable {
    var rule: String
    var action: String
    var start: UInt32
    var end: UInt32
    var reason: String
    var fix: String
  }

  struct Act: Encodable {
    var kind: String
    var revision: UInt32
    var by: String
    var at: String?
    var text: String
  }

  static let columns = ItemRow.columns
  var item: ItemRow
  var content: String
  var digest: String
  var bundle: String
  var workflow: String
  var verdict: String
  var redacted: String?
  var findings: [Finding]
  var acts: [Act]
  var subjects: [String]

  init(_ item: Content.Item) {
    let revision = item.revision ?? Content.Revision()
    self.item = ItemRow(item)
    content = String(decoding: revision.content, as: UTF8.self)
    digest = Spelling.hex(revision.digest)
    bundle = revision.bundle
    workflow = "\(revision.workflow)/\(revision.workflowRevision)"
    verdict = revision.verdict
    redacted =
      revision.redacted.isEmpty ? nil : String(decoding: revision.redacted, as: UTF8.self)
    findings = revision.findings.map {
      Finding(
        rule: $0.rule, action: $0.action, start: $0.start, end: $0.end, reason: $0.reason,
        fix: $0.fix)
    }
    acts = item.acts.map {
      Act(
        kind: $0.kind, revision: $0.revision, by: $0.by, at: Spelling.time($0.at), text: $0.text)
    }
    subjects = item.subjects
  }

  var row: [String] { item.row }
}
