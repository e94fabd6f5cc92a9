internal import Matching

/// Vale's `existence`: words that must not be there.
struct ExistenceRule: BlockRule {
  let words: ValeWords
  let fix: String?

  var entries: [PrefilterEntry] { [words.pattern.entry] }
  var scope: ScopeSelector { words.scope }

  func look(at blocks: [Block], of reading: Reading, _ found: inout Found) {
    for block in blocks {
      for match in words.matches(in: block, of: reading, &found) where !match.range.isEmpty {
        let text = String(decoding: block.text.bytes[match.range], as: UTF8.self)
        let observed = ValeWords.trimmed(text.utf8)
        if words.isException(observed, reading, &found) { continue }
        found.add(
          block.text.source(of: match.range), text: text,
          reason: ValeMessage.text(words.message, [text]), fix: fix)
      }
    }
  }
}
