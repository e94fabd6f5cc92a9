/// Where sentences end.
enum Sentences {
  /// The sentences of a paragraph, without the space between them.
  static func split(_ text: [UInt8]) -> [Range<Int>] {
    var sentences: [Range<Int>] = []
    var start = 0
    var place = 0
    while place < text.count {
      defer { place += 1 }
      guard isEnd(text[place]) else { continue }
      var end = place + 1
      while end < text.count, isEnd(text[end]) || isClosing(text[end]) { end += 1 }
      guard end == text.count || isSpace(text[end]), !isAbbreviation(text, start, place),
        isFollowedByStart(text, end)
      else { continue }
      append(trimmed(text, start..<end), &sentences)
      start = end
      place = end - 1
    }
    append(trimmed(text, start..<text.count), &sentences)
    return sentences
  }

  private static func append(_ range: Range<Int>, _ sentences: inout [Range<Int>]) {
    if !range.isEmpty { sentences.append(range) }
  }

  private static func trimmed(_ text: [UInt8], _ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isSpace(text[start]) { start += 1 }
    while end > start, isSpace(text[end - 1]) { end -= 1 }
    return start..<end
  }

  private static func isEnd(_ byte: UInt8) -> Bool { [0x2E, 0x21, 0x3F].contains(byte) }
  private static func isClosing(_ byte: UInt8) -> Bool { [0x22, 0x27, 0x29, 0x5D].contains(byte) }
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// A small letter after it goes on with the sentence.
  private static func isFollowedByStart(_ text: [UInt8], _ end: Int) -> Bool {
    guard let next = text[end...].first(where: { !isSpace($0) }) else { return true }
    return !(0x61...0x7A).contains(next)
  }

  private static func isAbbreviation(_ text: [UInt8], _ start: Int, _ stop: Int) -> Bool {
    guard text[stop] == 0x2E else { return false }
    var begin = stop
    while begin > start, !isSpace(text[begin - 1]), text[begin - 1] != 0x28 { begin -= 1 }
    let word = String(decoding: text[begin..<stop], as: UTF8.self).lowercased()
    return abbreviations.contains(word) || (word.count == 1 && word.first?.isLetter == true)
  }

  private static let abbreviations: Set = [
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "e.g", "i.e", "cf", "no", "vol",
    "fig", "inc", "ltd", "co", "corp", "approx", "dept", "est", "gen", "gov", "jan", "feb", "mar",
    "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "u.s", "u.k", "z.b", "d.h",
    "bzw", "usw", "ca", "nr",
  ]
}
