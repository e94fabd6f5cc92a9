/// One line of Markdown, from which marks are stripped.
struct MarkdownLine {
  private let source: [UInt8]
  private(set) var range: Range<Int>

  init(_ source: [UInt8], _ range: Range<Int>) {
    self.source = source
    self.range = range
  }

  /// Without their ends.
  static func split(_ source: [UInt8]) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    while start < source.count {
      let end = source[start...].firstIndex(of: 0x0A) ?? source.count
      lines.append(start..<(end > start && source[end - 1] == 0x0D ? end - 1 : end))
      start = end + 1
    }
    return lines
  }

  var isBlank: Bool { source[range].allSatisfy(Self.isSpace) }

  var indent: Int {
    var columns = 0
    for byte in source[range] {
      if byte == 0x20 { columns += 1 } else if byte == 0x09 { columns += 4 } else { break }
    }
    return columns
  }

  var trimmed: Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, Self.isSpace(source[start]) { start += 1 }
    while end > start, Self.isSpace(source[end - 1]) { end -= 1 }
    return start..<end
  }

  func isExactly(_ text: String) -> Bool { source[trimmed].elementsEqual(text.utf8) }

  /// Takes off `>`.
  mutating func stripQuote() -> Bool {
    let text = trimmed
    guard indent < 4, let first = source[text].first, first == 0x3E else { return false }
    range = text.lowerBound + 1..<range.upperBound
    return true
  }

  /// Takes off `-`, `*`, `+`, `1.` or `1)` with the space behind it.
  mutating func stripItem() -> Bool {
    let text = source[trimmed]
    guard let first = text.first else { return false }
    var end = text.startIndex + 1
    if (0x30...0x39).contains(first) {
      while end < text.endIndex, (0x30...0x39).contains(text[end]) { end += 1 }
      guard end - text.startIndex <= 9, end < text.endIndex, [0x2E, 0x29].contains(text[end])
      else { return false }
      end += 1
    } else if ![0x2D, 0x2A, 0x2B].contains(first) {
      return false
    }
    guard end == text.endIndex || Self.isSpace(text[end]) else { return false }
    range = end..<range.upperBound
    return true
  }

  /// Three or more of one mark.
  var fence: (mark: UInt8, count: Int)? {
    let text = source[trimmed]
    guard indent < 4, let mark = text.first, mark == 0x60 || mark == 0x7E else { return nil }
    let count = text.prefix { $0 == mark }.count
    guard count >= 3, mark == 0x7E || !text.dropFirst(count).contains(0x60) else { return nil }
    return (mark, count)
  }

  var isFenceOnly: Bool {
    let text = source[trimmed]
    return Set(text).count == 1
  }

  var heading: (level: Int, text: Range<Int>)? {
    let text = source[trimmed]
    let level = text.prefix { $0 == 0x23 }.count
    guard indent < 4, (1...6).contains(level),
      text.count == level || Self.isSpace(text[text.startIndex + level])
    else { return nil }
    var end = text.endIndex
    while end > text.startIndex + level, text[end - 1] == 0x23 { end -= 1 }
    // Marks at the end count only behind a space.
    if end > text.startIndex + level, !Self.isSpace(text[end - 1]) { end = text.endIndex }
    return (
      level, MarkdownLine(source, text.startIndex + level..<end).trimmed
    )
  }

  /// Of a heading, below its text.
  var underline: Int? {
    let text = source[trimmed]
    guard indent < 4, let first = text.first, Set(text).count == 1 else { return nil }
    return first == 0x3D ? 1 : first == 0x2D ? 2 : nil
  }

  /// A line across.
  var isRule: Bool {
    let marks = source[range].filter { !Self.isSpace($0) }
    return marks.count >= 3 && Set(marks).count == 1 && [0x2D, 0x2A, 0x5F].contains(marks[0])
  }

  /// Whether it begins with a tag.
  var isTag: Bool {
    let text = source[trimmed]
    guard text.first == 0x3C, let next = text.dropFirst().first else { return false }
    let isScheme = text.prefix { $0 != 0x3E && !Self.isSpace($0) }.contains {
      $0 == 0x3A || $0 == 0x40
    }
    return (next == 0x21 || next == 0x2F || (0x61...0x7A).contains(next | 0x20)) && !isScheme
  }

  /// What a reference leads to.
  var definition: Range<Int>? {
    let text = source[trimmed]
    guard indent < 4, text.first == 0x5B,
      let close = text.firstIndex(of: 0x5D), close + 1 < text.endIndex, text[close + 1] == 0x3A
    else { return nil }
    let target = MarkdownLine(source, close + 2..<text.endIndex).trimmed
    let end = source[target].firstIndex(where: Self.isSpace) ?? target.upperBound
    return target.isEmpty ? nil : target.lowerBound..<end
  }

  /// Of a table.
  var cells: [Range<Int>] {
    var cells: [Range<Int>] = []
    let text = trimmed
    var start = text.lowerBound
    if source[text].first == 0x7C { start += 1 }
    var place = start
    while place < text.upperBound {
      if source[place] == 0x5C {
        place += 1
      } else if source[place] == 0x7C {
        cells.append(MarkdownLine(source, start..<place).trimmed)
        start = place + 1
      }
      place += 1
    }
    if start < text.upperBound {
      cells.append(MarkdownLine(source, start..<text.upperBound).trimmed)
    }
    return cells
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
