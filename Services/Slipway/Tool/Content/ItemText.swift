internal import Contracts

/// An item as a person reads it.
struct ItemText {
  let isTerminal: Bool

  /// Head, content, findings, history.
  func whole(_ item: Content.Item) -> String {
    head(item) + body(item) + history(item)
  }

  func head(_ item: Content.Item) -> String {
    let purpose = item.revision?.purpose ?? item.purpose ?? Content.Purpose()
    var lines = [
      "\(bold(item.id))  \(item.state)  \(purpose.channel)  \(purpose.locale)  "
        + "for \(purpose.audience)  by \(item.author.isEmpty ? "(erased)" : item.author)  "
        + "revision \(item.revision?.number ?? 0)"
    ]
    if let origin = item.origin, !origin.model.isEmpty {
      lines.append("written by model \(origin.model) \(origin.version)")
    }
    if !purpose.templateName.isEmpty {
      lines.append("for slot \(purpose.slot) of template \(purpose.templateName)")
    }
    if !item.step.isEmpty {
      let due = Spelling.time(item.dueAt).map { ", by \($0)" } ?? ""
      lines.append("step \(item.step): needs \(item.needs)\(due)")
    } else if let until = Spelling.time(item.dueAt) {
      lines.append("until \(until)")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The content with what was found in it, and the reasons.
  func body(_ item: Content.Item) -> String {
    guard let revision = item.revision, !revision.content.isEmpty else {
      return "\n  (its content is gone)\n\n"
    }
    let marked = MarkedText(isTerminal: isTerminal).text(
      revision.content,
      marking: revision.findings.map { Int($0.start)..<max(Int($0.start), Int($0.end)) })
    var text = "\n"
    for line in marked.split(separator: "\n", omittingEmptySubsequences: false) {
      text += "  \(line)\n"
    }
    for finding in revision.findings {
      text += "\(bold(finding.action)) \(MarkedText.visible(finding.rule)): "
      text += MarkedText.visible(finding.reason)
      text += finding.fix.isEmpty ? "\n" : "; instead: \(MarkedText.visible(finding.fix))\n"
    }
    return text + (revision.findings.isEmpty ? "" : "\n")
  }

  func history(_ item: Content.Item) -> String {
    item.acts.map { act in
      let who = act.by.isEmpty ? "the governor" : act.by
      let text = act.text.isEmpty ? "" : ": \(MarkedText.visible(act.text))"
      return "\(Spelling.time(act.at) ?? "")  r\(act.revision)  \(act.kind) by \(who)\(text)\n"
    }.joined()
  }

  /// What changed beside the content; empty for nothing.
  static func purposeDiff(_ old: Content.Revision, _ new: Content.Revision) -> String {
    func fields(_ revision: Content.Revision) -> [(String, String)] {
      let purpose = revision.purpose ?? Content.Purpose()
      return [
        ("channel", purpose.channel), ("locale", purpose.locale), ("audience", purpose.audience),
        ("format", purpose.format),
        ("template", "\(purpose.templateName)/\(revision.templateRevision)"),
        ("slot", purpose.slot), ("policy", revision.bundle),
        ("workflow", "\(revision.workflow)/\(revision.workflowRevision)"),
      ]
    }
    return zip(fields(old), fields(new)).filter { $0.1 != $1.1 }.map {
      "\($0.0): \($0.1.isEmpty ? "none" : $0.1) -> \($1.1.isEmpty ? "none" : $1.1)\n"
    }.joined()
  }

  private func bold(_ text: String) -> String { isTerminal ? "\u{1b}[1m\(text)\u{1b}[0m" : text }
}
