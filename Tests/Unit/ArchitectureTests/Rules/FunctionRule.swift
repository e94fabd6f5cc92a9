/// Functions that can be read at a glance.
enum FunctionRule {
  static let linesMax = 60

  /// Functions that are longer, as `file: name`, with their length. Only shrinks, as `LengthRule`'s does.
  static let exceptions: [String: Int] = [:]

  /// Generated sources are read by nobody.
  private static let generated = "Shared/Contracts/Generated/"

  static func findings(
    in source: String, of file: String, exceptions: [String: Int] = Self.exceptions
  ) -> [String] {
    if file.hasPrefix(generated) { return [] }
    return functions(in: source).compactMap { name, lines in
      let place = "\(file): \(name)"
      guard let listed = exceptions[place] else {
        return lines <= linesMax
          ? nil : "\(place): \(lines) lines, a function has at most \(linesMax)"
      }
      if lines > listed { return "\(place): grew from \(listed) to \(lines) lines; split it" }
      if lines < listed { return "\(place): is down to \(lines) lines; say so in FunctionRule" }
      return lines <= linesMax ? "\(place): is no exception any more" : nil
    }
  }

  /// Every function and initializer with a body, nested ones too: its name, and its lines from its
  /// keyword to its closing brace.
  static func functions(in source: String) -> [(name: String, lines: Int)] {
    let tokens = tokens(of: SourceText.code(of: source))
    var found: [(name: String, lines: Int)] = []
    for (index, token) in tokens.enumerated() where declares(tokens, at: index) {
      guard let opening = body(tokens, after: index), let closing = end(tokens, of: opening)
      else { continue }
      let isNamed = token.text == "func" && index + 1 < tokens.count
      let name = isNamed ? tokens[index + 1].text : token.text
      found.append((String(name), tokens[closing].line - token.line + 1))
    }
    return found
  }

  private struct Token {
    let text: Substring
    let line: Int
  }

  private static let marks = Set<Character>("{}()[].")
  private static let keywords: Set<Substring> = ["func", "init", "deinit", "subscript"]
  /// A declaration that begins before a body did: there was none, as in a protocol.
  private static let next: Set<Substring> = keywords.union(["var", "let", "case", "associatedtype"])

  private static func tokens(of code: String) -> [Token] {
    code.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap {
      line, text in
      var tokens: [Token] = []
      var start: Substring.Index?
      for index in text.indices {
        let character = text[index]
        let isWord = character.isLetter || character.isNumber || character == "_"
        if isWord, start == nil { start = index }
        if !isWord, let begun = start {
          tokens.append(Token(text: text[begun..<index], line: line))
          start = nil
        }
        if marks.contains(character) {
          tokens.append(Token(text: text[index...index], line: line))
        }
      }
      if let start { tokens.append(Token(text: text[start...], line: line)) }
      return tokens
    }
  }

  /// A keyword that is no call such as `.init(`.
  private static func declares(_ tokens: [Token], at index: Int) -> Bool {
    keywords.contains(tokens[index].text) && (index == 0 || tokens[index - 1].text != ".")
  }

  /// The brace that opens the body, past parameters and their defaults.
  private static func body(_ tokens: [Token], after index: Int) -> Int? {
    var depth = 0
    for (place, token) in tokens.enumerated().dropFirst(index + 1) {
      switch token.text {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "{" where depth == 0: return place
      case "}" where depth == 0: return nil
      default: if depth == 0, next.contains(token.text), place > index + 1 { return nil }
      }
    }
    return nil
  }

  private static func end(_ tokens: [Token], of opening: Int) -> Int? {
    var depth = 0
    for (place, token) in tokens.enumerated().dropFirst(opening) {
      if token.text == "{" { depth += 1 }
      if token.text == "}" { depth -= 1 }
      if depth == 0 { return place }
    }
    return nil
  }
}
