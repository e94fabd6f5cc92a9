internal import Matching

/// Vale's `readability`: a grade of school, by one formula or the mean of several.
struct ReadabilityRule: BlockRule {
  let formulas: [Readability]
  let gradeMax: Double
  let message: String

  var entries: [PrefilterEntry] { [] }
  var scope: ScopeSelector { .summary }

  func look(at blocks: [Block], of reading: Reading, _ found: inout Found) {
    let prose = Prose(reading.document?.summary ?? "")
    guard prose.wordCount > 0, !formulas.isEmpty else { return }
    let grade = formulas.reduce(0) { $0 + $1.grade(of: prose) } / Double(formulas.count)
    guard grade > gradeMax else { return }
    found.add(0..<0, reason: ValeMessage.text(message, [Decimals.text(grade)]))
  }
}
