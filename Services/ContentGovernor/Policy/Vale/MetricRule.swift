internal import Matching

/// Vale's `metric`: a formula of one's own over counts of the document.
struct MetricRule: BlockRule {
  let formula: Formula
  /// What follows the formula's value, such as `> 9`.
  let condition: Formula.Condition
  let message: String

  var entries: [PrefilterEntry] { [] }
  var scope: ScopeSelector { .summary }

  static let names = [
    "words", "sentences", "characters", "syllables", "paragraphs", "complex_words", "long_words",
    "polysyllabic_words", "pre", "list", "blockquote", "heading_h1", "heading_h2", "heading_h3",
    "heading_h4", "heading_h5", "heading_h6",
  ]

  func look(at blocks: [Block], of reading: Reading, _ found: inout Found) {
    guard let document = reading.document else { return }
    let prose = Prose(document.summary)
    guard prose.wordCount > 0 else { return }
    var values: [String: Double] = [
      "words": Double(prose.wordCount), "sentences": Double(prose.sentenceCount),
      "characters": Double(prose.characterCount), "syllables": Double(prose.syllableCount),
      "complex_words": Double(prose.complexWordCount), "long_words": Double(prose.longWordCount),
      "polysyllabic_words": Double(prose.polysyllabicWordCount),
    ]
    for block in document.blocks {
      if block.isProse { values["paragraphs", default: 0] += 1 }
      guard block.scope.first == "text", block.scope.count > 2 else { continue }
      values[block.scope[1..<(block.scope.count - 1)].joined(separator: "_"), default: 0] += 1
    }
    let value = formula.value(values)
    guard condition.holds(for: value, values) else { return }
    found.add(0..<0, reason: ValeMessage.text(message, [Decimals.text(value)]))
  }
}
