internal import Matching

/// Vale's `conditional`: what needs something else before it, such as an abbreviation its meaning.
struct ConditionalRule: BlockRule {
  /// What is looked for.
  let words: ValeWords
  let second: Pattern

  var entries: [PrefilterEntry] { [] }
  var scope: ScopeSelector { words.scope }

  func look(at blocks: [Block], of reading: Reading, _ found: inout Found) {
    var defined: Set<String> = []
    for block in blocks {
      let text = block.text.bytes
      let seconds = ValeWords.matches(of: second, in: text, reading, &found)
      if second.groupCount == 0 {
        // That it is there at all is enough.
        if !seconds.isEmpty { continue }
      } else {
        for group in seconds.flatMap(\.groups).compactMap({ $0 }) where !group.isEmpty {
          defined.insert(String(decoding: text[group], as: UTF8.self))
        }
      }
      for match in words.matches(in: block, of: reading, &found) {
        let word = String(decoding: text[match.range], as: UTF8.self)
        if defined.contains(word) || words.isException(word, reading, &found) { continue }
        found.add(
          block.text.source(of: match.range), text: word,
          reason: ValeMessage.text(words.message, [word]))
      }
    }
  }
}
