internal import Matching

/// Vale's `substitution`: one word for another.
struct SubstitutionRule: BlockRule {
  /// One group for each of `replacements`.
  let words: ValeWords
  let replacements: [Replacement]

  struct Replacement: Sendable {
    let text: String
    /// What is no other word than it, if it is a pattern itself.
    let pattern: Pattern?
    /// Several, of which one may be chosen: `a|b` with the action `replace`.
    let isChoice: Bool

    var choices: [String] {
      isChoice ? text.split(separator: "|").map(String.init) : [text]
    }

    /// For people: `a`, `b` or `c`.
    var wording: String {
      guard choices.count > 1, let last = choices.last else { return text }
      let quoted = choices.map { "'\($0)'" }
      return quoted.dropLast().joined(separator: ", ") + " or '\(last)'"
    }
  }

  var entries: [PrefilterEntry] { [words.pattern.entry] }
  var scope: ScopeSelector { words.scope }

  func look(at blocks: [Block], of reading: Reading, _ found: inout Found) {
    for block in blocks {
      for match in words.matches(in: block, of: reading, &found) {
        for (number, group) in match.groups.enumerated() where number < replacements.count {
          guard let group, !group.isEmpty else { continue }
          check(group, replacements[number], block, reading, &found)
        }
      }
    }
  }

  private func check(
    _ range: Range<Int>, _ replacement: Replacement, _ block: Block, _ reading: Reading,
    _ found: inout Found
  ) {
    let observed = ValeWords.trimmed(block.text.bytes[range])
    if let pattern = replacement.pattern {
      let same = ValeWords.matches(of: pattern, in: Array(observed.utf8), reading, &found)
      if !same.isEmpty { return }
    } else if observed == replacement.text {
      return
    }
    if words.isException(observed, reading, &found) { return }
    found.add(
      block.text.source(of: range), text: observed,
      reason: ValeMessage.text(words.message, [replacement.wording, observed]),
      fix: replacement.choices.first)
  }
}
