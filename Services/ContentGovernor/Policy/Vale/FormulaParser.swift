/// Reads formulas; `nil` for what is none.
struct FormulaParser {
  /// Brackets in brackets.
  private static let depthMax = 64
  private static let calls: Set = ["math.sqrt", "math.abs", "math.floor", "math.ceil"]

  private var rest: Substring
  private let names: Set<String>
  private var depth = 0

  private init(_ text: String, names: Set<String>) {
    rest = Substring(text)
    self.names = names
  }

  static func formula(_ text: String, names: Set<String>) -> Formula? {
    var parser = FormulaParser(text, names: names)
    guard let formula = parser.sum() else { return nil }
    parser.skipSpace()
    return parser.rest.isEmpty ? formula : nil
  }

  static func condition(_ text: String, names: Set<String>) -> Formula.Condition? {
    var parser = FormulaParser(text, names: names)
    parser.skipSpace()
    for mark in [">=", "<=", "==", "!=", ">", "<"] where parser.skip(mark) {
      guard let bound = parser.sum() else { return nil }
      parser.skipSpace()
      return parser.rest.isEmpty ? .init(comparison: mark, bound: bound) : nil
    }
    return nil
  }

  private mutating func sum() -> Formula? {
    guard var left = product() else { return nil }
    while let mark = operation("+-") {
      guard let right = product() else { return nil }
      left = .binary(mark, left, right)
    }
    return left
  }

  private mutating func product() -> Formula? {
    guard var left = factor() else { return nil }
    while let mark = operation("*/") {
      guard let right = factor() else { return nil }
      left = .binary(mark, left, right)
    }
    return left
  }

  private mutating func factor() -> Formula? {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.depthMax else { return nil }
    skipSpace()
    if skip("-") { return factor().map { .negative($0) } }
    if skip("(") { return inBrackets() }
    let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    guard let first = word.first else { return nil }
    rest = rest[word.endIndex...]
    if first.isNumber || first == "." { return Double(word).map { .number($0) } }
    let name = String(word)
    if Self.calls.contains(name) {
      skipSpace()
      return skip("(") ? inBrackets().map { .call(name, $0) } : nil
    }
    let known = name.replacing("heading.", with: "heading_")
    return names.contains(known) ? .name(known) : nil
  }

  private mutating func inBrackets() -> Formula? {
    guard let inside = sum() else { return nil }
    skipSpace()
    return skip(")") ? inside : nil
  }

  private mutating func operation(_ marks: String) -> Character? {
    skipSpace()
    guard let first = rest.first, marks.contains(first) else { return nil }
    rest = rest.dropFirst()
    return first
  }

  private mutating func skip(_ text: String) -> Bool {
    guard rest.hasPrefix(text) else { return false }
    rest = rest.dropFirst(text.count)
    return true
  }

  private mutating func skipSpace() { rest = rest.drop(while: \.isWhitespace) }
}
