internal import Matching

/// Vale's `spelling`: words that no dictionary of the bundle has.
struct SpellingRule: BlockRule {
  let dictionary: HunspellDictionary
  /// Words that they match are not looked up.
  let filters: [Pattern]
  let tokens: Pattern
  let words: ValeWords

  var entries: [PrefilterEntry] { [] }
  var scope: ScopeSelector { words.scope }

  /// A word as people write it.
  static let tokenSource = #"[\p{L}\p{N}_]+(?:['’][\p{L}\p{N}_]+)*"#
  /// Vale's own: camel case, abbreviations, and what has more than letters.
  static let usualFilters = [#"[A-Z]{1}[a-z]+[A-Z]+\w+"#, "[A-Z]+$", "[^a-zA-Z_'’]"]

  func look(at blocks: [Block], of reading: Reading, _ found: inout Found) {
    var known: [String: Bool] = [:]
    for block in blocks {
      let limits = MatchLimits(contentByteCount: reading.source.count, matchCountMax: .max)
      var ranges: [Range<Int>] = []
      let isComplete = tokens.forEachMatch(
        in: block.text.bytes, with: reading.scratch, within: limits
      ) { ranges.append($0.range) }
      if !isComplete { found.reachMatchLimit() }
      for range in ranges {
        let word = String(decoding: block.text.bytes[range], as: UTF8.self)
        let isKnown = known[word] ?? isRight(word, reading, &found)
        known[word] = isKnown
        if isKnown { continue }
        found.add(
          block.text.source(of: range), text: word, reason: ValeMessage.text(words.message, [word]))
      }
    }
  }

  private func isRight(_ word: String, _ reading: Reading, _ found: inout Found) -> Bool {
    for filter in filters {
      if !ValeWords.matches(of: filter, in: Array(word.utf8), reading, &found).isEmpty {
        return true
      }
    }
    return dictionary.contains(word) || words.isException(word, reading, &found)
  }
}
