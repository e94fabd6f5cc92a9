/// What a bundle's author expects of it, held against it by `slipway policy test`.
package struct BundleExample: Sendable, Hashable {
  /// Where it is written.
  package let file: String
  package let line: Int
  package let text: String
  package let context: CheckContext
  package let action: VerdictAction
  /// Rules that must find something in it; any if empty.
  package let rules: [String]
  /// What must be left after redaction, if said.
  package let redacted: String?

  /// What is other than expected, `nil` if nothing is.
  package func fault(in verdict: Verdict) -> String? {
    if verdict.action != action {
      let found = verdict.findings.map(\.rule)
      return "expected `\(action.rawValue)`, got `\(verdict.action.rawValue)`"
        + (found.isEmpty
          ? "" : " by \(Set(found).sorted().map { "`\($0)`" }.joined(separator: ", "))")
    }
    for rule in rules where !verdict.findings.contains(where: { $0.rule == rule }) {
      return "expected `\(rule)` to find something"
    }
    if let redacted, verdict.redacted.map({ String(decoding: $0, as: UTF8.self) }) != redacted {
      let got = verdict.redacted.map { String(decoding: $0, as: UTF8.self) } ?? "nothing redacted"
      return "expected `\(redacted)`, got `\(got)`"
    }
    return nil
  }
}
