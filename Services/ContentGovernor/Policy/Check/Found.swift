/// What one rule found.
struct Found {
  struct Part {
    /// In the source.
    let range: Range<Int>
    /// The words as they are read, if that is not as they are written.
    var text: String?
    var reason: String?
    var fix: String?
    /// What stands in its place where it is redacted.
    var replacement: String?
    var scoreThousandths = 1000
    var action: VerdictAction?
  }

  private(set) var parts: [Part] = []
  /// Why the rule could not be followed to the end.
  private(set) var limit: String?

  mutating func add(_ part: Part) {
    guard parts.count < PolicyLimits.findingsPerRuleMax else {
      return limit = "more than \(PolicyLimits.findingsPerRuleMax) findings"
    }
    parts.append(part)
  }

  mutating func add(
    _ range: Range<Int>, text: String? = nil, reason: String? = nil, fix: String? = nil
  ) {
    add(Part(range: range, text: text, reason: reason, fix: fix))
  }

  mutating func keep(first count: Int) { parts = Array(parts.prefix(count)) }

  /// The rule can't say more: a person must look.
  mutating func reach(_ limit: String) { self.limit = limit }
  mutating func reachMatchLimit() { reach("the limit of matching") }
}
