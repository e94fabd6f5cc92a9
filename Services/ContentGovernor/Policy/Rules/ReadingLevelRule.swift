internal import Matching

/// How hard content may be to read.
struct ReadingLevelRule: RuleBody {
  let formula: Readability
  let gradeMax: Double

  var entries: [PrefilterEntry] { [] }

  func look(at reading: Reading, hits: [Int], _ found: inout Found) {
    let prose = Prose(String(decoding: reading.text.bytes, as: UTF8.self))
    guard prose.wordCount > 0 else { return }
    let grade = formula.grade(of: prose)
    guard grade > gradeMax else { return }
    found.add(
      0..<0,
      reason: "its \(formula.rawValue) grade is \(Decimals.text(grade)), at most "
        + "\(Decimals.text(gradeMax)) is allowed")
  }
}
