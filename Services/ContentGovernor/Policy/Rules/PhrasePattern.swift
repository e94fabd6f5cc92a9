internal import Matching

/// Words as a pattern over folded text: any space between them, whole words only. Its case is ignored,
/// since plain text is not folded.
struct PhrasePattern: Sendable {
  let pattern: Pattern
  let entry: PrefilterEntry

  /// `nil` if there is no word in it.
  init?(_ phrase: String, forms: WordForms = .none) throws(PatternError) {
    let words = Folding.fold(phrase).split(whereSeparator: \.isWhitespace).map(String.init)
    guard let first = words.first?.unicodeScalars.first, let last = words.last else { return nil }
    let lead = words.dropLast().map { Self.escaped($0) + #"\s+"# }.joined()
    let endings = forms.forms(of: last).sorted { $0.utf8.count > $1.utf8.count }
    let alternatives = endings.map(Self.escaped).joined(separator: "|")
    let begins = Self.isWord(first) ? #"(?<![\p{L}\p{N}_])"# : ""
    let ends = last.unicodeScalars.last.map(Self.isWord) == true ? #"(?![\p{L}\p{N}_])"# : ""
    pattern = try Pattern("\(begins)\(lead)(?:\(alternatives))\(ends)", isCaseless: true)
    let stem = endings.dropFirst().reduce(endings[0]) { $0.commonPrefix(with: $1) }
    entry = PrefilterEntry(lead + Self.escaped(stem), isCaseless: true, isFolded: true)
  }

  /// A text as a pattern that matches it and nothing else.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      let isPlain =
        scalar.value >= 0x80 || scalar == "_" || scalar == " "
        || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        || ("0"..."9").contains(scalar)
      if isPlain {
        escaped.unicodeScalars.append(scalar)
      } else {
        // By number: a mark that means nothing today may mean something to a later library.
        escaped += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      }
    }
    return escaped
  }

  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    var common = String.UnicodeScalarView()
    for (own, their) in zip(unicodeScalars, other.unicodeScalars) {
      guard own == their else { break }
      common.append(own)
    }
    return String(common)
  }
}
