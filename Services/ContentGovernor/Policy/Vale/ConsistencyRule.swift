internal import Matching

/// Vale's `consistency`: of two spellings one, all through the document.
struct ConsistencyRule: BlockRule {
  let pairs: [Pair]
  let message: String
  let scope: ScopeSelector

  struct Pair: Sendable {
    let first: Pattern
    let second: Pattern
  }

  var entries: [PrefilterEntry] { pairs.flatMap { [$0.first.entry, $0.second.entry] } }

  func look(at blocks: [Block], of reading: Reading, _ found: inout Found) {
    for pair in pairs {
      var seen = (first: false, second: false)
      for block in blocks {
        let text = block.text.bytes
        let firsts = ValeWords.matches(of: pair.first, in: text, reading, &found)
        let seconds = ValeWords.matches(of: pair.second, in: text, reading, &found)
        guard let last = (firsts + seconds).map(\.range).max(by: { $0.lowerBound < $1.lowerBound })
        else { continue }
        seen.first = seen.first || !firsts.isEmpty
        seen.second = seen.second || !seconds.isEmpty
        guard seen.first, seen.second else { continue }
        let word = String(decoding: text[last], as: UTF8.self)
        found.add(
          block.text.source(of: last), text: word, reason: ValeMessage.text(message, [word]))
      }
    }
  }
}
