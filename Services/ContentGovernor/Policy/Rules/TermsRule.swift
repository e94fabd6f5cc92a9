internal import Matching

/// Words that are not to be used, with what to use instead if there is something; banned claims and
/// words that exclude people are the same with other words.
struct TermsRule: RuleBody {
  struct Term: Sendable {
    let phrase: PhrasePattern
    /// As the rule spells it.
    let spelling: String
    let preferred: String?
  }

  let terms: [Term]
  let isCaseExact: Bool
  /// Where one of these stands, what is inside of it is well.
  let exceptions: [PhrasePattern]

  var entries: [PrefilterEntry] { terms.map(\.phrase.entry) }

  func look(at reading: Reading, hits: [Int], _ found: inout Found) {
    let text = reading.foldedBytes
    var matches: [(range: Range<Int>, term: Term)] = []
    for hit in hits {
      let term = terms[hit]
      let isComplete = term.phrase.pattern.forEachMatch(
        in: text, with: reading.scratch, within: reading.limits
      ) { matches.append(($0.range, term)) }
      if !isComplete { found.reachMatchLimit() }
    }
    guard !matches.isEmpty else { return }
    let excepted = exceptions.flatMap { exception in
      exception.pattern.matches(in: text, with: reading.scratch, within: reading.limits)
        .matches.map(\.range)
    }
    for (range, term) in matches {
      let isExcepted = excepted.contains {
        $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound
      }
      if isExcepted { continue }
      let place = reading.folded?.source(of: range) ?? range
      let written = String(decoding: reading.text.bytes[place], as: UTF8.self)
      if written == term.preferred || isOtherCase(written, than: term) { continue }
      found.add(
        reading.text.source(of: place), text: written,
        fix: term.preferred.map { Self.like(written, $0) })
    }
  }

  /// Letters that only look like ASCII are never taken for another case.
  private func isOtherCase(_ written: String, than term: Term) -> Bool {
    isCaseExact && written.utf8.allSatisfy { $0 < 0x80 } && !written.hasPrefix(term.spelling)
  }

  /// The preferred word with a capital where the other had one.
  private static func like(_ written: String, _ preferred: String) -> String {
    guard let first = written.first, first.isUppercase, let own = preferred.first, own.isLowercase
    else { return preferred }
    return own.uppercased() + preferred.dropFirst()
  }
}
