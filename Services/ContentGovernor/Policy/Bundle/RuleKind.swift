internal import Matching

/// The kinds of rules that a bundle's own `rules` may be.
enum RuleKind: String, CaseIterable {
  case terms
  case claims
  case inclusive
  case disclaimer
  case trademark
  case readingLevel = "reading-level"
  case length
  case links
  case emoji
  case pattern
  case personalData = "personal-data"

  /// Beside those that every rule has.
  var fields: [String] {
    switch self {
    case .terms: ["words", "prefer", "case", "forms", "exceptions"]
    case .claims: ["phrases", "case", "forms", "exceptions"]
    case .inclusive: ["words", "prefer", "exceptions"]
    case .disclaimer: ["text", "any", "when"]
    case .trademark: ["mark", "symbols", "endings"]
    case .readingLevel: ["formula", "max"]
    case .length: ["unit", "min", "max"]
    case .links: ["allow", "deny", "https", "max"]
    case .emoji: ["max"]
    case .pattern: ["pattern", "case", "exceptions", "fix", "replacement", "raw"]
    case .personalData: ["entities", "score", "operators", "allow"]
    }
  }

  var usualAction: VerdictAction {
    switch self {
    case .personalData: .redact
    case .claims: .block
    default: .hold
    }
  }

  var usualReason: String {
    switch self {
    case .terms: "this word is not used here"
    case .claims: "this claim is not allowed"
    case .inclusive: "this word excludes people"
    case .disclaimer: "a disclaimer is missing"
    case .trademark: "the mark is not written as it must be"
    case .readingLevel: "it is too hard to read"
    case .length: "it has not the right length"
    case .links: "this link is not allowed"
    case .emoji: "it has too many emoji"
    case .pattern: "this is not allowed"
    case .personalData: "it looks like personal data"
    }
  }

  /// `nil`, and faults, for a rule that can't be followed.
  func body(of node: BundleNode) throws(PatternError) -> (any RuleBody)? {
    switch self {
    case .terms: try Self.terms(node, words: "words", built: [])
    case .claims: try Self.terms(node, words: "phrases", built: [])
    case .inclusive: try Self.terms(node, words: "words", built: InclusiveWords.pairs)
    case .disclaimer: try Self.disclaimer(node)
    case .trademark: try Self.trademark(node)
    case .readingLevel:
      ReadingLevelRule(
        formula: node.choice("formula", .fleschKincaid), gradeMax: node.double("max") ?? 9)
    case .length:
      LengthRule(
        unit: node.choice("unit", .characters), min: node.int("min") ?? 0,
        max: node.int("max") ?? .max)
    case .links:
      LinksRule(
        allowed: node.strings("allow").map(Folding.fold(_:)),
        denied: node.strings("deny").map(Folding.fold(_:)), isSecureOnly: node.bool("https"),
        countMax: node.int("max"), pattern: try Pattern(LinksRule.source))
    case .emoji: EmojiRule(max: node.int("max") ?? 0)
    case .pattern: try Self.pattern(node)
    case .personalData: try Self.personalData(node)
    }
  }

  private static func terms(
    _ node: BundleNode, words: String, built: [(String, String)]
  ) throws(PatternError) -> TermsRule? {
    let forms: WordForms = node.choice("forms", .none)
    var pairs: [(String, String?, Int)] = built.map { ($0.0, $0.1, node.line) }
    pairs += node.places(words).map { ($0.text, nil, $0.line) }
    pairs += node.pairs("prefer").map { ($0.key, $0.value, $0.line) }
    var terms: [TermsRule.Term] = []
    for (word, preferred, line) in pairs {
      guard word.utf8.count <= 1024, let phrase = try PhrasePattern(word, forms: forms) else {
        node.faults.add(node.file, line, "a word or a phrase of at most 1024 bytes")
        continue
      }
      terms.append(.init(phrase: phrase, spelling: word, preferred: preferred))
    }
    if pairs.isEmpty { node.refuse("kind", "words in `\(words)`, or in `prefer`, for `kind`") }
    let letterCase: LetterCase = node.choice("case", .ignore)
    var exceptions: [PhrasePattern] = []
    for exception in node.strings("exceptions") {
      if let phrase = try PhrasePattern(exception, forms: forms) { exceptions.append(phrase) }
    }
    return TermsRule(terms: terms, isCaseExact: letterCase == .exact, exceptions: exceptions)
  }

  private static func disclaimer(_ node: BundleNode) throws(PatternError) -> DisclaimerRule? {
    let wordings = node.strings("text") + node.strings("any")
    guard let wording = wordings.first else {
      node.refuse("kind", "the words that must be there in `text` or `any`, for `kind`")
      return nil
    }
    var required: [PhrasePattern] = []
    for text in wordings { if let phrase = try PhrasePattern(text) { required.append(phrase) } }
    var triggers: [PhrasePattern] = []
    for text in node.strings("when") {
      if let phrase = try PhrasePattern(text) { triggers.append(phrase) }
    }
    guard !required.isEmpty else {
      node.refuse("text", "words")
      return nil
    }
    return DisclaimerRule(required: required, wording: wording, triggers: triggers)
  }

  private static func trademark(_ node: BundleNode) throws(PatternError) -> TrademarkRule? {
    guard let mark = node.required("mark"),
      let phrase = try PhrasePattern(mark, forms: .english)
    else { return nil }
    return TrademarkRule(
      mark: mark, phrase: phrase, symbols: node.strings("symbols"),
      allowsEndings: node.bool("endings"))
  }

  private static func pattern(_ node: BundleNode) throws(PatternError) -> PatternRule? {
    guard let source = node.required("pattern") else { return nil }
    guard source.utf8.count <= PolicyLimits.patternBytesMax else {
      node.refuse("pattern", "at most \(PolicyLimits.patternBytesMax) bytes")
      return nil
    }
    let letterCase: LetterCase = node.choice("case", .exact)
    let compiled: Pattern
    do throws(PatternError) {
      compiled = try Pattern(source, isCaseless: letterCase == .ignore)
    } catch {
      node.refuse("pattern", "a pattern that can be read (\(error.fault) at byte \(error.offset))")
      return nil
    }
    var exceptions: [Pattern] = []
    for exception in node.strings("exceptions") {
      exceptions.append(try Pattern(exception, isCaseless: letterCase == .ignore))
    }
    return PatternRule(
      pattern: compiled, exceptions: exceptions, fix: node.string("fix"),
      replacement: node.string("replacement"), isRaw: node.bool("raw"))
  }

  private static func personalData(_ node: BundleNode) throws(PatternError) -> PersonalDataRule? {
    let known = Set(Recognisers.all.map(\.entity))
    let wanted = node.places("entities")
    for (entity, line) in wanted where !known.contains(entity) && entity != "all" {
      node.faults.add(
        node.file, line,
        "one of `all`, \(known.sorted().map { "`\($0)`" }.joined(separator: ", ")) in `entities`, "
          + "got `\(entity.prefix(64))`")
    }
    let names = Set(wanted.map(\.text))
    let recognisers = Recognisers.all.filter {
      names.isEmpty ? $0.isUsual : names.contains("all") || names.contains($0.entity)
    }
    let score = node.double("score") ?? 0.5
    guard (0...1).contains(score) else {
      node.refuse("score", "a number from 0 to 1")
      return nil
    }
    var operators: [String: PersonalDataRule.Operator] = [:]
    for (entity, text, line) in node.pairs("operators") {
      guard known.contains(entity) || entity == "DEFAULT", let made = operation(text) else {
        node.faults.add(
          node.file, line,
          "an entity or `DEFAULT`, and `replace`, `replace TEXT`, `redact` or `mask N`, "
            + "which keeps the last N")
        continue
      }
      operators[entity] = made
    }
    return try PersonalDataRule(
      recognisers, scoreThousandthsMin: Int((score * 1000).rounded()), operators: operators,
      allowed: Set(node.strings("allow").map(Folding.fold(_:))))
  }

  /// Of Presidio's operators those that can't be undone.
  private static func operation(_ text: String) -> PersonalDataRule.Operator? {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    switch words.first {
    case "replace": return .replace(words.count > 1 ? words[1] : nil)
    case "redact" where words.count == 1: return .remove
    case "mask":
      guard words.count > 1 else { return .mask("*", keep: 0) }
      return Int(words[1]).flatMap { (0...8).contains($0) ? .mask("*", keep: $0) : nil }
    default: return nil
    }
  }
}
