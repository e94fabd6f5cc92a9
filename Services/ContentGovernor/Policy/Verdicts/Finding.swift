/// One thing that a rule found.
package struct Finding: Sendable, Hashable {
  /// The rule's name in its bundle, such as `claims.cure`.
  package let rule: String
  /// What the rule is: `terms`, `personal-data`, `existence` and so on.
  package let kind: String
  package let action: VerdictAction
  /// Where; nothing (an empty span at the start) for what is missing.
  package let span: ContentSpan
  /// The words found. Where they are taken out, what stands in their place: a finding never repeats
  /// what was redacted.
  package let text: String
  /// For the author: what is wrong with it.
  package let reason: String
  /// What to write instead, if the rule knows.
  package let fix: String?
  /// How sure a recogniser of personal data is, in thousandths; 1000 for rules that only say yes.
  package let scoreThousandths: Int

  package init(
    rule: String, kind: String, action: VerdictAction, span: ContentSpan, text: String,
    reason: String, fix: String? = nil, scoreThousandths: Int = 1000
  ) {
    self.rule = rule
    self.kind = kind
    self.action = action
    self.span = span
    self.text = text
    self.reason = reason
    self.fix = fix
    self.scoreThousandths = scoreThousandths
  }
}
