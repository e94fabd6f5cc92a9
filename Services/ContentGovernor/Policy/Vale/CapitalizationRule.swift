internal import Matching

/// Vale's `capitalization`: how the words of a block are capitalised.
struct CapitalizationRule: BlockRule {
  enum Style: Sendable {
    case lower
    case upper
    case title(TitleCase)
    case sentence(indicators: [String])
    case pattern(Pattern)
  }

  let style: Style
  /// Words as Vale cuts them, exceptions first.
  let tokens: Pattern
  let words: ValeWords
  let threshold: Double

  var entries: [PrefilterEntry] { [] }
  var scope: ScopeSelector { words.scope }

  func look(at blocks: [Block], of reading: Reading, _ found: inout Found) {
    for block in blocks {
      let text = String(decoding: block.text.bytes, as: UTF8.self)
      if text.isEmpty || isRight(text, reading, &found) { continue }
      found.add(
        block.text.source(of: block.text.bytes.indices), text: text,
        reason: ValeMessage.text(words.message, [text]))
    }
  }

  private func isRight(_ text: String, _ reading: Reading, _ found: inout Found) -> Bool {
    switch style {
    case .lower:
      return text == text.lowercased() || words.isException(text, reading, &found)
    case .upper:
      return text == text.uppercased() || words.isException(text, reading, &found)
    case .pattern(let pattern):
      return !ValeWords.matches(of: pattern, in: Array(text.utf8), reading, &found).isEmpty
        || words.isException(text, reading, &found)
    case .title(let titleCase):
      let own = cut(text, reading, &found)
      return share(
        of: zip(own, titleCase.capitalised(own)).map { word, expected in
          word == expected || word == word.uppercased()
            || words.isException(word, reading, &found)
        })
    case .sentence(let indicators):
      return isSentence(text, indicators, reading, &found)
    }
  }

  private func isSentence(
    _ text: String, _ indicators: [String], _ reading: Reading, _ found: inout Found
  ) -> Bool {
    var end = text.endIndex
    while end > text.startIndex, "?!.:".contains(text[text.index(before: end)]) {
      end = text.index(before: end)
    }
    let tokens = cut(String(text[..<end]), reading, &found)
    var right: [Bool] = []
    for (place, token) in tokens.enumerated() {
      let word = String(token.prefix { !["-", "'", "’"].contains($0) })
      let isFree =
        word == word.uppercased()
        || (place > 0 && indicators.contains { tokens[place - 1].hasSuffix($0) })
        || words.isException(word, reading, &found)
      if !isFree, place == 0, word != TitleCase.capitalised(word.lowercased()) { return false }
      right.append(isFree || place == 0 || word == word.lowercased())
    }
    return share(of: right)
  }

  private func cut(_ text: String, _ reading: Reading, _ found: inout Found) -> [String] {
    let bytes = Array(text.utf8)
    let limits = MatchLimits(contentByteCount: reading.source.count, matchCountMax: .max)
    var words: [String] = []
    let isComplete = tokens.forEachMatch(in: bytes, with: reading.scratch, within: limits) {
      words.append(String(decoding: bytes[$0.range], as: UTF8.self))
    }
    if !isComplete { found.reachMatchLimit() }
    return words
  }

  private func share(of right: [Bool]) -> Bool {
    guard !right.isEmpty else { return true }
    return Double(right.filter { $0 }.count) / Double(right.count) > threshold
  }
}
