internal import Matching

/// How a mark is to be written: its spelling, its symbol at first use, never with an ending.
struct TrademarkRule: RuleBody {
  let mark: String
  let phrase: PhrasePattern
  /// What must follow the first use, such as `®`; any of them.
  let symbols: [String]
  let allowsEndings: Bool

  var entries: [PrefilterEntry] { [phrase.entry] }

  func look(at reading: Reading, hits: [Int], _ found: inout Found) {
    var isFirst = true
    let isComplete = phrase.pattern.forEachMatch(
      in: reading.foldedBytes, with: reading.scratch, within: reading.limits
    ) { match in
      let place = reading.folded?.source(of: match.range) ?? match.range
      let written = String(decoding: reading.text.bytes[place], as: UTF8.self)
      let source = reading.text.source(of: place)
      if !written.hasPrefix(mark) {
        found.add(source, text: written, reason: "the mark is written `\(mark)`", fix: mark)
      } else if written != mark, !allowsEndings {
        found.add(source, text: written, reason: "the mark takes no ending", fix: mark)
      }
      defer { isFirst = false }
      guard isFirst, !symbols.isEmpty else { return }
      let rest = reading.text.bytes[place.upperBound...]
      if !symbols.contains(where: { rest.starts(with: $0.utf8) }) {
        found.add(
          source, text: written, reason: "the first use of the mark bears `\(symbols[0])`",
          fix: mark + symbols[0])
      }
    }
    if !isComplete { found.reachMatchLimit() }
  }
}
