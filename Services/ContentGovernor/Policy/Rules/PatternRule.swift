internal import Matching

/// A pattern of the author's own.
struct PatternRule: RuleBody {
  let pattern: Pattern
  let exceptions: [Pattern]
  let fix: String?
  let replacement: String?
  /// The source as it is written, not as it is read.
  let isRaw: Bool

  var entries: [PrefilterEntry] { isRaw ? [] : [pattern.entry] }

  func look(at reading: Reading, hits: [Int], _ found: inout Found) {
    let text = isRaw ? reading.source : reading.text.bytes
    let isComplete = pattern.forEachMatch(
      in: text, with: reading.scratch, within: reading.limits
    ) { match in
      let written = Array(text[match.range])
      for exception in exceptions {
        let (matches, _) = exception.matches(
          in: written, with: reading.scratch, within: reading.limits)
        if !matches.isEmpty { return }
      }
      found.add(
        .init(
          range: isRaw ? match.range : reading.text.source(of: match.range),
          text: String(decoding: written, as: UTF8.self), fix: fix, replacement: replacement))
    }
    if !isComplete { found.reachMatchLimit() }
  }
}

extension Pattern {
  /// For a prefilter over text as it is.
  var entry: PrefilterEntry {
    PrefilterEntry(
      source, isCaseless: isCaseless, isStable: StableCharacters.hold(pattern: source))
  }
}
