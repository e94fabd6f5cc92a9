/// A Hunspell dictionary: words with flags, and the endings and beginnings that flags allow.
///
/// What decides whether a word is right is there: prefixes and suffixes with their conditions, one of
/// each, cross products, `FLAG long` and `num`, `NEEDAFFIX`, `FORBIDDENWORD`, `KEEPCASE`, `ICONV`.
/// Compounds and suggestions are not, and a file that needs compounds is refused.
struct HunspellDictionary: Sendable {
  struct Affix: Sendable {
    let flag: String
    let strip: [Character]
    let add: [Character]
    let condition: [Condition]
    let isCross: Bool
  }

  struct Condition: Sendable {
    let letters: Set<Character>
    let isNegated: Bool

    func holds(_ letter: Character) -> Bool {
      letters.isEmpty ? true : letters.contains(letter) != isNegated
    }
  }

  private var words: [String: [Set<String>]] = [:]
  private var suffixes: [Character: [Affix]] = [:]
  private var prefixes: [Character: [Affix]] = [:]
  private var emptySuffixes: [Affix] = []
  private var needsAffix: String?
  private var forbidden: String?
  private var keepsCase: String?
  private var conversions: [(String, String)] = []
  private var flagStyle = ""

  /// - Parameter fault: told what can't be followed, with its line in the affix file.
  init(affixes: String, words: String, fault: (Int, String) -> Void) {
    read(affixes: affixes, fault)
    for (number, line) in Self.lines(words).enumerated() where number > 0 {
      let entry = line.prefix { $0 != "\t" }
      let slash = entry.firstIndex(of: "/")
      let word = String(slash.map { entry[..<$0] } ?? entry).trimmedSpaces
      guard !word.isEmpty else { continue }
      var flags: Set<String> = []
      if let slash {
        flags = self.flags(of: entry[entry.index(after: slash)...].prefix { $0 != " " })
      }
      self.words[word, default: []].append(flags)
    }
  }

  mutating func add(_ words: some Sequence<String>) {
    for word in words { self.words[word, default: []].append([]) }
  }

  func converted(_ word: String) -> String {
    conversions.reduce(word) { $0.replacing($1.0, with: $1.1) }
  }

  /// Whether a word is spelled right, in its case or one that a sentence gives it.
  func contains(_ word: String) -> Bool {
    let word = converted(word)
    if has(word, isOwnCase: true) { return true }
    let lower = word.lowercased()
    guard word != lower else { return false }
    let isCapital = word == lower.prefix(1).uppercased() + lower.dropFirst()
    if isCapital || word == word.uppercased() {
      if has(lower, isOwnCase: false) { return true }
    }
    return word == word.uppercased()
      && has(lower.prefix(1).uppercased() + lower.dropFirst(), isOwnCase: false)
  }

  private func has(_ word: String, isOwnCase: Bool) -> Bool {
    func isRight(_ flags: Set<String>) -> Bool {
      if let forbidden, flags.contains(forbidden) { return false }
      if let keepsCase, flags.contains(keepsCase), !isOwnCase { return false }
      return true
    }
    if let entries = words[word] {
      if let forbidden, entries.contains(where: { $0.contains(forbidden) }) { return false }
      let isWord = entries.contains { flags in
        isRight(flags) && !(needsAffix.map(flags.contains) ?? false)
      }
      if isWord { return true }
    }
    let letters = Array(word)
    return stems(of: letters).contains { stem, needed in
      words[stem]?.contains { isRight($0) && $0.isSuperset(of: needed) } ?? false
    }
  }

  /// What is left of a word without endings and beginnings, and the flags that allow them.
  private func stems(of word: [Character]) -> [(String, Set<String>)] {
    var stems: [(String, Set<String>)] = []
    let endings = word.last.map { suffixes[$0] ?? [] } ?? []
    for suffix in endings + emptySuffixes {
      guard let stem = Self.without(suffix: suffix, word) else { continue }
      stems.append((String(stem), [suffix.flag]))
      guard suffix.isCross else { continue }
      for prefix in stem.first.map({ prefixes[$0] ?? [] }) ?? [] where prefix.isCross {
        if let inner = Self.without(prefix: prefix, stem) {
          stems.append((String(inner), [suffix.flag, prefix.flag]))
        }
      }
    }
    for prefix in word.first.map({ prefixes[$0] ?? [] }) ?? [] {
      if let stem = Self.without(prefix: prefix, word) {
        stems.append((String(stem), [prefix.flag]))
      }
    }
    return stems
  }

  private static func without(suffix: Affix, _ word: [Character]) -> [Character]? {
    guard word.count > suffix.add.count || suffix.add.isEmpty,
      word.suffix(suffix.add.count).elementsEqual(suffix.add)
    else { return nil }
    let stem = Array(word.dropLast(suffix.add.count)) + suffix.strip
    let end = stem.suffix(suffix.condition.count)
    guard end.count == suffix.condition.count,
      zip(end, suffix.condition).allSatisfy({ $1.holds($0) })
    else { return nil }
    return stem
  }

  private static func without(prefix: Affix, _ word: [Character]) -> [Character]? {
    guard word.count > prefix.add.count, word.prefix(prefix.add.count).elementsEqual(prefix.add)
    else { return nil }
    let stem = prefix.strip + Array(word.dropFirst(prefix.add.count))
    let start = stem.prefix(prefix.condition.count)
    guard start.count == prefix.condition.count,
      zip(start, prefix.condition).allSatisfy({ $1.holds($0) })
    else { return nil }
    return stem
  }

  private mutating func read(affixes: String, _ fault: (Int, String) -> Void) {
    var crossing: [String: Bool] = [:]
    for (number, line) in Self.lines(affixes).enumerated() {
      let parts = line.split { $0 == " " || $0 == "\t" }.map(String.init)
      guard let key = parts.first, parts.count > 1, !key.hasPrefix("#") else { continue }
      switch key {
      case "SET" where parts[1].uppercased() != "UTF-8":
        fault(number + 1, "a dictionary in UTF-8 (`SET UTF-8`)")
      case "FLAG": flagStyle = parts[1]
      case "NEEDAFFIX": needsAffix = parts[1]
      case "FORBIDDENWORD": forbidden = parts[1]
      case "KEEPCASE": keepsCase = parts[1]
      case "ICONV" where parts.count > 2: conversions.append((parts[1], parts[2]))
      case "COMPOUNDFLAG", "COMPOUNDBEGIN":
        fault(number + 1, "a dictionary without compounds, got `\(key)`, which is not supported")
      case "SFX", "PFX":
        if parts.count == 4, crossing[key + parts[1]] == nil {
          crossing[key + parts[1]] = parts[2] == "Y"
        } else if parts.count >= 4 {
          add(affix: parts, isCross: crossing[key + parts[1]] ?? false)
        }
      default: break
      }
    }
  }

  private mutating func add(affix parts: [String], isCross: Bool) {
    let added = parts[3].prefix { $0 != "/" }
    let affix = Affix(
      flag: parts[1], strip: parts[2] == "0" ? [] : Array(parts[2]),
      add: added == "0" ? [] : Array(added),
      condition: Self.conditions(parts.count > 4 ? parts[4] : "."), isCross: isCross)
    if parts[0] == "PFX" {
      if let first = affix.add.first { prefixes[first, default: []].append(affix) }
    } else if let last = affix.add.last {
      suffixes[last, default: []].append(affix)
    } else {
      emptySuffixes.append(affix)
    }
  }

  private static func conditions(_ text: String) -> [Condition] {
    if text == "." { return [] }
    var conditions: [Condition] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first == "[", let close = rest.firstIndex(of: "]") {
        var inside = rest[rest.index(after: rest.startIndex)..<close]
        let isNegated = inside.first == "^"
        if isNegated { inside = inside.dropFirst() }
        conditions.append(Condition(letters: Set(inside), isNegated: isNegated))
        rest = rest[rest.index(after: close)...]
      } else {
        conditions.append(Condition(letters: first == "." ? [] : [first], isNegated: false))
        rest = rest.dropFirst()
      }
    }
    return conditions
  }

  private func flags(of text: Substring) -> Set<String> {
    switch flagStyle {
    case "long":
      let letters = Array(text)
      return Set(
        stride(from: 0, to: letters.count - 1, by: 2).map { String(letters[$0...$0 + 1]) })
    case "num": return Set(text.split { $0 == "," }.map { String($0) })
    default: return Set(text.map { String($0) })
    }
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }
}

extension String {
  fileprivate var trimmedSpaces: String {
    let trimmed = drop { $0 == " " }
    guard let last = trimmed.lastIndex(where: { $0 != " " }) else { return "" }
    return String(trimmed[...last])
  }
}
