/// Characters whose case and properties the prefilter's tables, which are older, know as PCRE2's do.
/// A test holds the two against each other, character by character.
enum StableCharacters {
  /// Whether a text has only such characters, so that the prefilter can be believed.
  static func hold(_ text: [UInt8]) -> Bool {
    var reader = ScalarReader(text)
    while let (scalar, _) = reader.next() {
      if scalar.value >= 0x80, !contains(scalar) { return false }
    }
    return true
  }

  static func contains(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) }
  }

  /// Whether a pattern is written in such characters, and names none by number or property that may
  /// be another.
  static func hold(pattern: String) -> Bool {
    hold(Array(pattern.utf8))
      && !["\\x", "\\o", "\\N", "\\X", "\\R", "\\K"].contains { pattern.contains($0) }
  }

  static let ranges: [ClosedRange<UInt32>] = [
    0x00...0x7F, 0xA0...0x17E, 0x391...0x3A1, 0x3A3...0x3A9, 0x3B1...0x3C9, 0x410...0x45F,
    0x5D0...0x5EA, 0x621...0x63A, 0x641...0x64A, 0x2010...0x2027, 0x2030...0x205E,
    0x20A0...0x20B5, 0x2190...0x21FF, 0x2600...0x26FF, 0x3001...0x3003, 0x3041...0x3096,
    0x30A1...0x30FA, 0x4E00...0x9FA5, 0xAC00...0xD7A3, 0x1F300...0x1F320, 0x1F600...0x1F640,
  ]
}
