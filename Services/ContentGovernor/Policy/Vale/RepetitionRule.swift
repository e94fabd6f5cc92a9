internal import Matching

/// Vale's `repetition`: a word after itself.
struct RepetitionRule: BlockRule {
  let words: ValeWords
  let max: Int
  let isCaseless: Bool
  let isAlphabetic: Bool

  var entries: [PrefilterEntry] { [] }
  var scope: ScopeSelector { words.scope }

  func look(at blocks: [Block], of reading: Reading, _ found: inout Found) {
    for block in blocks {
      var previous: (word: String, range: Range<Int>)?
      var count = 0
      var repeats: [(Range<Int>, String)] = []
      let limits = MatchLimits(contentByteCount: reading.source.count, matchCountMax: .max)
      let isComplete = words.pattern.forEachMatch(
        in: block.text.bytes, with: reading.scratch, within: limits
      ) { match in
        let word = ValeWords.trimmed(block.text.bytes[match.range])
        defer { previous = (word, match.range) }
        guard let previous, !word.isEmpty, same(word, previous.word),
          !isAlphabetic || word.allSatisfy(\.isLetter)
        else { return }
        count += 1
        guard count > max else { return }
        let range = previous.range.lowerBound..<match.range.upperBound
        // Of two sentences one may end as the other begins.
        guard Sentences.split(Array(block.text.bytes[range])).count == 1 else { return }
        repeats.append((range, word))
        count = 0
      }
      if !isComplete { found.reachMatchLimit() }
      for (range, word) in repeats {
        let text = String(decoding: block.text.bytes[range], as: UTF8.self)
        if words.isException(text, reading, &found) { continue }
        found.add(
          block.text.source(of: range), text: text,
          reason: ValeMessage.text(words.message, [word]), fix: word)
      }
    }
  }

  private func same(_ left: String, _ right: String) -> Bool {
    left == right || isCaseless && left.lowercased() == right.lowercased()
  }
}
