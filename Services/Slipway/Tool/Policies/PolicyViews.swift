internal import Contracts

/// A bundle that the governor keeps.
struct BundleView: PresentableRow {
  static let columns = ["BUNDLE", "DIGEST", "PUSHED", "BY", "APPROVALS"]
  var name: String
  var version: String
  var digest: String
  var pushedBy: String
  var pushedAt: String?
  var approvals: [String]
  var approvalsNeeded: UInt32

  init(_ bundle: Policies.Bundle) {
    name = bundle.name
    version = bundle.version
    digest = bundle.digest
    pushedBy = bundle.pushedBy
    pushedAt = Spelling.time(bundle.pushedAt * 1000)
    approvals = bundle.approvals.map(\.principal)
    approvalsNeeded = bundle.approvalsNeeded
  }

  var row: [String] {
    [
      "\(name)@\(version)", String(digest.prefix(19)), pushedAt ?? "", pushedBy,
      "\(approvals.count) of \(approvalsNeeded)",
    ]
  }
}

/// What is in force.
struct BindingView: PresentableRow {
  static let columns = ["MODEL", "CHANNEL", "LOCALE", "BUNDLE", "BEFORE"]
  var model: String
  var channel: String
  var locale: String
  var bundle: String
  var before: String

  init(_ binding: Policies.Binding, before: String = "") {
    model = binding.target?.model ?? ""
    channel = binding.target?.channel ?? ""
    locale = binding.target?.locale ?? ""
    bundle = binding.digest
    self.before = before
  }

  var row: [String] {
    [model, channel, locale, String(bundle.prefix(19)), String(before.prefix(19))]
  }
}

/// What a bundle says of a text: a finding a line.
struct PolicyVerdictView: Presentable {
  struct FindingView: Encodable {
    var rule: String
    var kind: String
    var action: String
    var bytes: [UInt64]
    var characters: [UInt64]
    var text: String
    var reason: String
    var fix: String?
    var score: Double
  }

  var action: String
  var bundle: String
  var checker: String
  var redacted: String?
  var findings: [FindingView]

  init(_ verdict: Policies.Verdict) {
    action = verdict.action
    bundle = verdict.bundleDigest
    checker = verdict.checker
    redacted = verdict.hasRedacted ? String(decoding: verdict.redacted, as: UTF8.self) : nil
    findings = verdict.findings.map { finding in
      FindingView(
        rule: finding.rule, kind: finding.kind, action: finding.action,
        bytes: [finding.byteStart, finding.byteEnd],
        characters: [finding.characterStart, finding.characterEnd], text: finding.text,
        reason: finding.reason, fix: finding.hasFix ? finding.fix : nil,
        score: Double(finding.scoreThousandths) / 1000)
    }
  }

  var table: Table {
    let rows = findings.map { finding in
      [
        finding.action, finding.rule, "\(finding.characters[0])-\(finding.characters[1])",
        finding.text, finding.reason, finding.fix ?? "",
      ]
    }
    let left = redacted.map { [["redacted", "", "", $0, "", ""]] } ?? []
    return Table(
      columns: ["ACTION", "RULE", "CHARACTERS", "TEXT", "REASON", "FIX"],
      rows: rows + left + [["verdict: \(action)", "", "", "", "", ""]])
  }
}
