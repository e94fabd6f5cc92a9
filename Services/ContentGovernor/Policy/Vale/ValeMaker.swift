internal import Matching

/// Makes one rule of Vale.
struct ValeMaker {
  private static let formulaBytesMax = 1024

  let node: BundleNode
  let files: [String: BundleFile]
  let setting: ValeReader.Setting
  let message: String
  let scope: ScopeSelector
  /// The field whose pattern is being read, for who wrote it.
  private(set) var field = "extends"

  init(
    node: BundleNode, files: [String: BundleFile], setting: ValeReader.Setting, message: String,
    scope: ScopeSelector
  ) {
    self.node = node
    self.files = files
    self.setting = setting
    self.message = message
    self.scope = scope
  }

  mutating func body(_ kind: ValeKind) throws(PatternError) -> (any BlockRule)? {
    switch kind {
    case .existence: try existence()
    case .substitution: try substitution()
    case .occurrence: try occurrence()
    case .repetition: try repetition()
    case .consistency: try consistency()
    case .conditional: try conditional()
    case .capitalization: try capitalization()
    case .metric: metric()
    case .readability: readability()
    case .spelling: try spelling()
    }
  }

  private mutating func existence() throws(PatternError) -> ExistenceRule? {
    field = node.has("tokens") ? "tokens" : "raw"
    let tokens = node.strings("tokens").filter { !ValeWords.trimmed($0.utf8).isEmpty }
    let raw = node.strings("raw").joined()
    guard !tokens.isEmpty || !raw.isEmpty else {
      node.refuse("extends", "`tokens` or `raw` for `existence`")
      return nil
    }
    var source = template(isWord: !node.bool("nonword") && !tokens.isEmpty, tokens)
    if tokens.isEmpty {
      source = "(?m)" + raw
    } else {
      source = node.bool("append") ? source + raw : raw + source
    }
    let pattern = try pattern(source)
    return ExistenceRule(words: try words(pattern), fix: fix())
  }

  private mutating func substitution() throws(PatternError) -> SubstitutionRule? {
    field = "swap"
    let pairs = node.pairs("swap")
    guard !pairs.isEmpty else {
      node.refuse("extends", "pairs in `swap` for `substitution`")
      return nil
    }
    let isCaseless = node.bool("ignorecase")
    var replacements: [SubstitutionRule.Replacement] = []
    for (word, text, line) in pairs {
      let part: Pattern
      do throws(PatternError) { part = try Pattern(word) } catch {
        node.faults.add(
          node.file, line, "a pattern that can be read (\(error.fault) at byte \(error.offset))")
        continue
      }
      guard part.groupCount == 0 else {
        node.faults.add(node.file, line, "`(?:` for `(`: groups that capture are not supported")
        continue
      }
      let isPhrase = text.allSatisfy { $0.isLetter || $0.isNumber || " -'".contains($0) }
      let same =
        isPhrase ? nil : try? Pattern("^(?:\(text))$", isCaseless: isCaseless)
      replacements.append(
        .init(text: text, pattern: same, isChoice: actionName() == "replace"))
    }
    guard replacements.count == pairs.count else { return nil }
    let pattern = try pattern(
      template(isWord: !node.bool("nonword"), pairs.map { "(\($0.key))" }))
    return SubstitutionRule(words: try words(pattern), replacements: replacements)
  }

  private mutating func occurrence() throws(PatternError) -> OccurrenceRule? {
    field = "token"
    guard let token = node.required("token") else { return nil }
    let pattern = try pattern("(?:\(token))")
    return OccurrenceRule(
      words: try words(pattern), min: node.int("min") ?? 0, max: node.int("max") ?? 0)
  }

  private mutating func repetition() throws(PatternError) -> RepetitionRule? {
    field = "tokens"
    let tokens = node.strings("tokens")
    guard !tokens.isEmpty else {
      node.refuse("extends", "`tokens` for `repetition`")
      return nil
    }
    let pattern = try pattern("(\(tokens.joined(separator: "|")))")
    return RepetitionRule(
      words: try words(pattern), max: node.int("max") ?? 0, isCaseless: node.bool("ignorecase"),
      isAlphabetic: node.bool("alpha"))
  }

  private mutating func consistency() throws(PatternError) -> ConsistencyRule? {
    field = "either"
    var pairs: [ConsistencyRule.Pair] = []
    for (first, second, _) in node.pairs("either") {
      let isWord = !node.bool("nonword")
      pairs.append(
        .init(
          first: try pattern(template(isWord: isWord, [first])),
          second: try pattern(template(isWord: isWord, [second]))))
    }
    guard !pairs.isEmpty else {
      node.refuse("extends", "pairs in `either` for `consistency`")
      return nil
    }
    return ConsistencyRule(pairs: pairs, message: message, scope: scope)
  }

  private mutating func conditional() throws(PatternError) -> ConditionalRule? {
    field = "first"
    guard let first = node.required("first"), let second = node.required("second") else {
      return nil
    }
    let pattern = try pattern(first)
    field = "second"
    return ConditionalRule(words: try words(pattern), second: try self.pattern(second))
  }

  private mutating func capitalization() throws(PatternError) -> CapitalizationRule? {
    field = "match"
    guard let match = node.required("match") else { return nil }
    let style: CapitalizationRule.Style
    switch match {
    case "$lower": style = .lower
    case "$upper": style = .upper
    case "$title":
      style = .title(TitleCase(rawValue: node.string("style") ?? "") ?? .associatedPress)
    case "$sentence": style = .sentence(indicators: node.strings("indicators"))
    default: style = .pattern(try Pattern(match))
    }
    field = "exceptions"
    let exceptions = exceptions(isVocabulary: true)
    let token = #"[\p{N}\p{L}*]+[^\s]*"#
    let tokens = try Pattern(
      exceptions.isEmpty ? token : template(isWord: true, exceptions) + "|" + token)
    let threshold = node.double("threshold") ?? 0
    return CapitalizationRule(
      style: style, tokens: tokens, words: try words(tokens),
      threshold: threshold == 0 ? 0.8 : threshold)
  }

  private func metric() -> MetricRule? {
    guard let formula = node.required("formula"), let condition = node.required("condition") else {
      return nil
    }
    let names = Set(MetricRule.names)
    guard formula.utf8.count <= Self.formulaBytesMax,
      let parsed = FormulaParser.formula(formula, names: names)
    else {
      node.refuse(
        "formula", "numbers and \(MetricRule.names.joined(separator: ", ")) with `+ - * /`")
      return nil
    }
    guard condition.utf8.count <= Self.formulaBytesMax,
      let bound = FormulaParser.condition(condition, names: names)
    else {
      node.refuse("condition", "a comparison with a number, such as `> 9`,")
      return nil
    }
    return MetricRule(formula: parsed, condition: bound, message: message)
  }

  private func readability() -> ReadabilityRule? {
    let formulas = node.places("metrics").compactMap { name, line in
      let formula = Readability(rawValue: name)
      if formula == nil {
        let known = Readability.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        node.faults.add(node.file, line, "one of \(known)")
      }
      return formula
    }
    guard !formulas.isEmpty, let grade = node.double("grade") else {
      node.refuse("extends", "`metrics` and `grade` for `readability`")
      return nil
    }
    return ReadabilityRule(formulas: formulas, gradeMax: grade, message: message)
  }

  private mutating func spelling() throws(PatternError) -> SpellingRule? {
    let named = node.strings("dictionaries").first.map { "\(setting.folder)/../\($0)" }
    let dic = file(node.string("dic")) ?? file(setting.dic) ?? file(named.map { $0 + ".dic" })
    let aff = file(node.string("aff")) ?? file(setting.aff) ?? file(named.map { $0 + ".aff" })
    guard let dic, let aff else {
      node.refuse(
        "extends",
        "a Hunspell dictionary of the bundle for `spelling`, in `dic` and `aff` or as "
          + "the style's `dictionary`: a dictionary of the machine would change verdicts")
      return nil
    }
    let faults = node.faults
    var dictionary = HunspellDictionary(
      affixes: String(decoding: aff.content, as: UTF8.self),
      words: String(decoding: dic.content, as: UTF8.self)
    ) { faults.add(aff.path, $0, $1) }
    for ignore in node.places("ignore") {
      guard let list = file(ignore.text) else {
        faults.add(node.file, ignore.line, "a file of the bundle with a word a line in `ignore`")
        continue
      }
      let words = String(decoding: list.content, as: UTF8.self).split(whereSeparator: \.isNewline)
      dictionary.add(words.map(String.init))
      dictionary.add(words.map { $0.lowercased() })
    }
    field = "filters"
    var filters: [Pattern] = []
    for filter in node.strings("filters") + (node.bool("custom") ? [] : SpellingRule.usualFilters) {
      filters.append(try Pattern(filter))
    }
    let tokens = try Pattern(SpellingRule.tokenSource)
    return SpellingRule(
      dictionary: dictionary, filters: filters, tokens: tokens, words: try words(tokens))
  }

  /// A file of the bundle, as the rule names it from the style's folder, its parent or the root.
  private func file(_ name: String?) -> BundleFile? {
    guard let name else { return nil }
    let parent = setting.folder.split(separator: "/").dropLast().joined(separator: "/")
    let places = [setting.folder + "/" + name, parent + "/" + name, name]
    return places.lazy.compactMap { files[Self.normal($0)] }.first
  }

  private static func normal(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }

  private func template(isWord: Bool, _ tokens: [String]) -> String {
    let joined = tokens.joined(separator: "|")
    return isWord ? #"(?m)\b(?:\#(joined))\b"# : "(?m)(?:\(joined))"
  }

  private func pattern(_ source: String) throws(PatternError) -> Pattern {
    guard source.utf8.count <= PolicyLimits.patternBytesMax * 16 else {
      throw PatternError(offset: PolicyLimits.patternBytesMax * 16, fault: "it is too long")
    }
    return try Pattern(source, isCaseless: node.bool("ignorecase"))
  }

  private mutating func words(_ pattern: Pattern) throws(PatternError) -> ValeWords {
    field = "exceptions"
    let exceptions = exceptions(isVocabulary: node.bool("vocab", true) && !node.bool("nonword"))
    return ValeWords(
      pattern: pattern,
      exceptions: exceptions.isEmpty ? nil : try Pattern(template(isWord: true, exceptions)),
      message: message, scope: scope)
  }

  /// The longest first, so that alternation takes it.
  private func exceptions(isVocabulary: Bool) -> [String] {
    let all = node.strings("exceptions") + (isVocabulary ? setting.accepted : [])
    return all.filter { !$0.isEmpty }.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
  }

  private func actionName() -> String? {
    node.node("action", expected: "an action").flatMap { $0.string("name") }
  }

  private func fix() -> String? {
    guard let action = node.node("action", expected: "an action") else { return nil }
    switch action.string("name") {
    case "replace": return action.strings("params").first
    case "remove": return ""
    default: return nil
    }
  }
}
