/// One tag of HTML.
struct HTMLTag {
  /// In small letters.
  let name: String
  let isEnd: Bool
  let start: Int
  /// Behind it.
  let end: Int
  let attributes: [(name: String, value: Range<Int>)]

  /// `nil` if no tag begins at `place`, where a `<` stands.
  init?(_ text: [UInt8], at place: Int, _ limit: Int) {
    start = place
    var cursor = place + 1
    isEnd = cursor < limit && text[cursor] == 0x2F
    if isEnd { cursor += 1 }
    guard cursor < limit, Self.isLetter(text[cursor]) else { return nil }
    let nameStart = cursor
    while cursor < limit, !Self.isSpace(text[cursor]), text[cursor] != 0x3E, text[cursor] != 0x2F {
      cursor += 1
    }
    name = Self.small(text[nameStart..<cursor])
    var attributes: [(String, Range<Int>)] = []
    while cursor < limit, text[cursor] != 0x3E {
      if Self.isSpace(text[cursor]) || text[cursor] == 0x2F {
        cursor += 1
        continue
      }
      let attributeStart = cursor
      cursor += 1
      while cursor < limit, !Self.isSpace(text[cursor]), ![0x3D, 0x3E, 0x2F].contains(text[cursor])
      {
        cursor += 1
      }
      let attribute = Self.small(text[attributeStart..<cursor])
      while cursor < limit, Self.isSpace(text[cursor]) { cursor += 1 }
      guard cursor < limit, text[cursor] == 0x3D else { continue }
      cursor += 1
      while cursor < limit, Self.isSpace(text[cursor]) { cursor += 1 }
      guard cursor < limit else { break }
      let valueStart: Int
      if text[cursor] == 0x22 || text[cursor] == 0x27 {
        let quote = text[cursor]
        valueStart = cursor + 1
        cursor = text[valueStart..<limit].firstIndex(of: quote) ?? limit
        attributes.append((attribute, valueStart..<cursor))
        if cursor < limit { cursor += 1 }
      } else {
        valueStart = cursor
        while cursor < limit, !Self.isSpace(text[cursor]), text[cursor] != 0x3E { cursor += 1 }
        attributes.append((attribute, valueStart..<cursor))
      }
    }
    end = min(cursor + 1, limit)
    self.attributes = attributes
  }

  private static func small(_ text: ArraySlice<UInt8>) -> String {
    String(
      decoding: text.prefix(64).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
