internal import Matching

/// What rules of Vale have in common: patterns of words, with exceptions.
struct ValeWords: Sendable {
  let pattern: Pattern
  private let exceptions: Pattern?
  let message: String
  let scope: ScopeSelector

  init(pattern: Pattern, exceptions: Pattern?, message: String, scope: ScopeSelector) {
    self.pattern = pattern
    self.exceptions = exceptions
    self.message = message
    self.scope = scope
  }

  func matches(
    in block: Block, of reading: Reading, _ found: inout Found
  ) -> [PatternMatch] {
    Self.matches(of: pattern, in: block.text.bytes, reading, &found)
  }

  static func matches(
    of pattern: Pattern, in text: [UInt8], _ reading: Reading, _ found: inout Found
  ) -> [PatternMatch] {
    let (matches, isComplete) = pattern.matches(
      in: text, with: reading.scratch, within: reading.limits)
    if !isComplete { found.reachMatchLimit() }
    return matches
  }

  func isException(_ word: String, _ reading: Reading, _ found: inout Found) -> Bool {
    guard let exceptions else { return false }
    return !Self.matches(of: exceptions, in: Array(word.utf8), reading, &found).isEmpty
  }

  static func trimmed(_ text: some Collection<UInt8>) -> String {
    let text = String(decoding: text, as: UTF8.self)
    let trimmed = text.drop(while: \.isWhitespace)
    guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(trimmed[...last])
  }
}
