/// Reads what stands inside a block of Markdown.
struct MarkdownInline {
  /// A longer one is text.
  private static let tagBytesMax = 8192

  private let source: [UInt8]
  /// The places of the block's bytes in the source; a line's end is the place behind it.
  private let places: [Int]
  private let bytes: [UInt8]
  /// Marks of emphasis that are pairs, by place in `bytes`.
  private var emphasis: [Int: String?] = [:]
  /// The bracket that closes each.
  private var brackets: [Int: Int] = [:]

  init(_ source: [UInt8], _ lines: [Range<Int>]) {
    self.source = source
    var places: [Int] = []
    var bytes: [UInt8] = []
    for (number, line) in lines.enumerated() {
      if number > 0 {
        places.append(lines[number - 1].upperBound)
        bytes.append(0x0A)
      }
      places += line
      bytes += source[line]
    }
    self.places = places
    self.bytes = bytes
    pairUp()
  }

  mutating func parse(into builder: inout DocumentBuilder) {
    parse(0..<bytes.count, into: &builder)
  }

  private func parse(_ range: Range<Int>, into builder: inout DocumentBuilder) {
    var place = range.lowerBound
    /// Behind the target of each link that is open, by the place of its closing bracket.
    var targets: [Int: Int] = [:]
    while place < range.upperBound {
      switch bytes[place] {
      case 0x5C where place + 1 < range.upperBound && Self.isMark(bytes[place + 1]):
        builder.append(sourceRange(place + 1..<place + 2))
        place += 2
      case 0x60:
        place = code(at: place, range.upperBound, &builder)
      case 0x26:
        if let (text, end) = Entities.read(bytes, at: place), end <= range.upperBound {
          builder.append(text, from: sourceRange(place..<end))
          place = end
        } else {
          place = plain(place, range.upperBound, &builder)
        }
      case 0x3C:
        place = angle(at: place, range.upperBound, &builder)
      case 0x21 where place + 1 < range.upperBound && brackets[place + 1].flatMap(target) != nil:
        if let close = brackets[place + 1], let end = target(behind: close) {
          aside(place + 2..<close, &builder)
          record(close, end, &builder)
          place = end
        }
      case 0x5B where brackets[place].flatMap(target) != nil:
        if let close = brackets[place] { targets[close] = target(behind: close) }
        builder.begin(inline: "link")
        place += 1
      case 0x5D where targets[place] != nil:
        builder.end(inline: "link")
        if let end = targets[place] {
          record(place, end, &builder)
          place = end
        }
      case 0x2A, 0x5F, 0x7E:
        if let scope = emphasis[place] {
          if let scope {
            scope.hasPrefix("/")
              ? builder.end(inline: String(scope.dropFirst())) : builder.begin(inline: scope)
          }
          place += 1
        } else {
          place = plain(place, range.upperBound, &builder)
        }
      default:
        place = plain(place, range.upperBound, &builder)
      }
    }
  }

  /// Adds the byte at `place`, and what follows it without meaning anything else.
  private func plain(_ place: Int, _ limit: Int, _ builder: inout DocumentBuilder) -> Int {
    var end = place + 1
    while end < limit, !Self.isSpecial(bytes[end]), bytes[end] != 0x0A { end += 1 }
    if bytes[place] == 0x0A {
      builder.append("\n", from: places[place]..<places[place] + 1)
      if end > place + 1 { builder.append(sourceRange(place + 1..<end)) }
    } else {
      builder.append(sourceRange(place..<end))
    }
    return end
  }

  private func code(at place: Int, _ limit: Int, _ builder: inout DocumentBuilder) -> Int {
    var open = place
    while open < limit, bytes[open] == 0x60 { open += 1 }
    let count = open - place
    guard let close = closing[place] else {
      builder.append(sourceRange(place..<open))
      return open
    }
    appendCode(open..<close, &builder)
    return close + count
  }

  private func appendCode(_ range: Range<Int>, _ builder: inout DocumentBuilder) {
    for part in bytes[range].split(separator: 0x0A, omittingEmptySubsequences: true) {
      builder.appendCode(sourceRange(part.indices))
      if part.endIndex < range.upperBound {
        builder.append(" ", from: places[part.endIndex]..<places[part.endIndex])
      }
    }
  }

  /// A link in angle brackets, or a tag, which is not read.
  private func angle(at place: Int, _ limit: Int, _ builder: inout DocumentBuilder) -> Int {
    let inside = bytes[place + 1..<limit].prefix {
      $0 != 0x3E && $0 != 0x3C && $0 != 0x20 && $0 != 0x0A
    }
    if inside.endIndex < limit, bytes[inside.endIndex] == 0x3E,
      inside.contains(0x3A) || inside.contains(0x40),
      inside.first.map({ (0x61...0x7A).contains($0 | 0x20) || $0 > 0x7F }) == true
    {
      builder.append(sourceRange(inside.indices))
      builder.link(
        sourceRange(inside.indices), to: String(decoding: inside, as: UTF8.self))
      return inside.endIndex + 1
    }
    if let tag = HTMLTag(bytes, at: place, min(limit, place + Self.tagBytesMax)),
      bytes[tag.end - 1] == 0x3E
    {
      for attribute in tag.attributes where ["href", "src"].contains(attribute.name) {
        builder.link(
          sourceRange(attribute.value),
          to: String(decoding: bytes[attribute.value], as: UTF8.self))
      }
      for attribute in tag.attributes where ["alt", "title"].contains(attribute.name) {
        aside(attribute.value, &builder)
      }
      if tag.name == "br" { builder.append("\n", from: sourceRange(place..<tag.end)) }
      return tag.end
    }
    if bytes[place..<limit].starts(with: "<!--".utf8), let end = commentEnd(from: place + 4, limit)
    {
      return end
    }
    return plain(place, limit, &builder)
  }

  /// Where the comment that begins before `start` ends.
  private func commentEnd(from start: Int, _ limit: Int) -> Int? {
    var (low, high) = (0, commentEnds.count)
    while low < high {
      let middle = (low + high) / 2
      if commentEnds[middle] < start + 3 { low = middle + 1 } else { high = middle }
    }
    return low < commentEnds.count && commentEnds[low] <= limit ? commentEnds[low] : nil
  }

  /// Where the target of a link ends, if one stands behind its closing bracket.
  private func target(behind close: Int) -> Int? {
    guard close + 1 < bytes.count else { return nil }
    let isReference = bytes[close + 1] == 0x5B
    guard isReference || bytes[close + 1] == 0x28 else { return nil }
    if isReference { return brackets[close + 1].map { $0 + 1 } }
    return parentheses[close + 1].map { $0 + 1 }
  }

  private func record(_ close: Int, _ end: Int, _ builder: inout DocumentBuilder) {
    guard bytes[close + 1] == 0x28 else { return }
    let inside = bytes[close + 2..<end - 1]
    let trimmed = inside.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x3C }
    let target = trimmed.prefix { $0 != 0x20 && $0 != 0x0A && $0 != 0x3E }
    if !target.isEmpty {
      builder.link(
        sourceRange(target.indices), to: String(decoding: target, as: UTF8.self))
    }
    if let quote = inside.firstIndex(where: { $0 == 0x22 }), quote + 1 < end - 1 {
      aside(quote + 1..<(inside.lastIndex(of: 0x22) ?? end - 1), &builder)
    }
  }

  /// A text beside the text: what describes an image.
  private func aside(_ range: Range<Int>, _ builder: inout DocumentBuilder) {
    guard !range.isEmpty else { return }
    var text = MappedText()
    text.append(source, sourceRange(range))
    builder.addAside(text, scope: ["attr", "alt"])
  }

  private func sourceRange(_ range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty else { return 0..<0 }
    return places[range.lowerBound]..<places[range.upperBound - 1] + 1
  }

  // Pairs, found once for the whole block so that no text takes longer than its length.

  /// Where the run of backticks that closes the one at each place begins.
  private var closing: [Int: Int] = [:]
  private var parentheses: [Int: Int] = [:]
  /// Behind each `-->`.
  private var commentEnds: [Int] = []

  private mutating func pairUp() {
    pairCode()
    let inCode = codeBytes()
    pairBrackets(inCode)
    pairEmphasis(inCode)
    guard bytes.count >= 3 else { return }
    commentEnds = (2..<bytes.count).filter {
      bytes[$0] == 0x3E && bytes[$0 - 1] == 0x2D && bytes[$0 - 2] == 0x2D
    }.map { $0 + 1 }
  }

  private mutating func pairCode() {
    var runs: [(start: Int, count: Int)] = []
    var place = 0
    while place < bytes.count {
      guard bytes[place] == 0x60 else {
        place += bytes[place] == 0x5C ? 2 : 1
        continue
      }
      let start = place
      while place < bytes.count, bytes[place] == 0x60 { place += 1 }
      runs.append((start, place - start))
    }
    var next: [Int: [Int]] = [:]
    for (number, run) in runs.enumerated().reversed() {
      next[run.count, default: []].append(number)
    }
    var number = 0
    while number < runs.count {
      let run = runs[number]
      while let last = next[run.count]?.last, last <= number { next[run.count]?.removeLast() }
      if let close = next[run.count]?.last {
        closing[run.start] = runs[close].start
        number = close + 1
      } else {
        number += 1
      }
    }
  }

  private func codeBytes() -> [Bool] {
    var inCode = [Bool](repeating: false, count: bytes.count)
    for (start, end) in closing { for place in start..<end { inCode[place] = true } }
    return inCode
  }

  private mutating func pairBrackets(_ inCode: [Bool]) {
    var square: [Int] = []
    var round: [Int] = []
    var place = 0
    while place < bytes.count {
      defer { place += 1 }
      if inCode[place] { continue }
      switch bytes[place] {
      case 0x5C: place += 1
      case 0x5B: square.append(place)
      case 0x5D: if let open = square.popLast() { brackets[open] = place }
      case 0x28: round.append(place)
      case 0x29: if let open = round.popLast() { parentheses[open] = place }
      default: break
      }
    }
  }

  private mutating func pairEmphasis(_ inCode: [Bool]) {
    var open: [UInt8: [Int]] = [:]
    var place = 0
    while place < bytes.count {
      let mark = bytes[place]
      guard [0x2A, 0x5F, 0x7E].contains(mark), !inCode[place] else {
        place += mark == 0x5C ? 2 : 1
        continue
      }
      var end = place
      while end < bytes.count, bytes[end] == mark { end += 1 }
      let before = ScalarReader.scalar(before: place, in: bytes)
      let after = ScalarReader.scalar(at: end, in: bytes)
      let isOpening = after.map { !$0.properties.isWhitespace } ?? false
      let isClosing = before.map { !$0.properties.isWhitespace } ?? false
      let isInWord =
        mark == 0x5F && before.map(PhrasePattern.isWord) == true
        && after.map(PhrasePattern.isWord) == true
      var run = Array(place..<end)
      if isClosing, !isInWord {
        while !run.isEmpty, let start = open[mark]?.popLast() {
          let close = run.removeFirst()
          let isStrong = emphasis[start - 1] == nil && open[mark]?.last == start - 1 && !run.isEmpty
          if isStrong {
            open[mark]?.removeLast()
            let second = run.removeFirst()
            emphasis[start - 1] = .some(mark == 0x7E ? nil : "strong")
            emphasis[start] = .some(nil)
            emphasis[close] = .some(mark == 0x7E ? nil : "/strong")
            emphasis[second] = .some(nil)
          } else {
            emphasis[start] = .some(mark == 0x7E ? nil : "emphasis")
            emphasis[close] = .some(mark == 0x7E ? nil : "/emphasis")
          }
        }
      }
      if isOpening, !isInWord { open[mark, default: []] += run }
      place = end
    }
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    (0x21...0x2F).contains(byte) || (0x3A...0x40).contains(byte) || (0x5B...0x60).contains(byte)
      || (0x7B...0x7E).contains(byte)
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    [0x5C, 0x60, 0x26, 0x3C, 0x21, 0x5B, 0x5D, 0x2A, 0x5F, 0x7E].contains(byte)
  }
}
