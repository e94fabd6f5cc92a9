internal import Matching

/// Words that must be there: always, or where others are.
struct DisclaimerRule: RuleBody {
  /// One of them must be there.
  let required: [PhrasePattern]
  /// The first of them, for the author.
  let wording: String
  /// What calls for it; content as such if empty.
  let triggers: [PhrasePattern]

  var entries: [PrefilterEntry] { triggers.map(\.entry) }

  func look(at reading: Reading, hits: [Int], _ found: inout Found) {
    let text = reading.foldedBytes
    func places(_ phrase: PhrasePattern) -> [Range<Int>] {
      let (matches, isComplete) = phrase.pattern.matches(
        in: text, with: reading.scratch, within: reading.limits)
      // Enough of them to know; only too much work says nothing.
      if !isComplete, matches.isEmpty { found.reachMatchLimit() }
      return matches.map(\.range)
    }
    let calls = hits.flatMap { places(triggers[$0]) }
    guard triggers.isEmpty || !calls.isEmpty else { return }
    guard !required.contains(where: { !places($0).isEmpty }) else { return }
    let first = calls.min { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    found.add(first.map(reading.source(ofFolded:)) ?? 0..<0, fix: wording)
  }
}
