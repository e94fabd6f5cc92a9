internal import Matching

/// Vale's `occurrence`: how often something may stand in a block.
struct OccurrenceRule: BlockRule {
  let words: ValeWords
  /// 0 for no bound.
  let min: Int
  let max: Int

  var entries: [PrefilterEntry] { [] }
  var scope: ScopeSelector { words.scope }

  func look(at blocks: [Block], of reading: Reading, _ found: inout Found) {
    for block in blocks {
      var count = 0
      var first: Range<Int>?
      let limits = MatchLimits(contentByteCount: reading.source.count, matchCountMax: .max)
      let isComplete = words.pattern.forEachMatch(
        in: block.text.bytes, with: reading.scratch, within: limits
      ) { match in
        count += 1
        if first == nil { first = match.range }
      }
      if !isComplete { found.reachMatchLimit() }
      guard (max > 0 && count > max) || (min > 0 && count < min) else { continue }
      let range = first ?? 0..<0
      found.add(
        block.text.source(of: range),
        text: String(decoding: block.text.bytes[range], as: UTF8.self), reason: words.message)
    }
  }
}
