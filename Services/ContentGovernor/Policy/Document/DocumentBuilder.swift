/// Gathers what a parser reads.
struct DocumentBuilder {
  let source: [UInt8]
  private let ending: String
  private var text = MappedText()
  private var isPlain = false
  private var blocks: [Block] = []
  private var links: [(range: Range<Int>, target: String)] = []
  /// The block being read.
  private var current = MappedText()
  private var codeRanges: [Range<Int>] = []
  /// Inline scopes that are open, with where they begin in the block.
  private var open: [(scope: String, start: Int)] = []

  init(_ source: [UInt8], ending: String) {
    self.source = source
    self.ending = ending
  }

  mutating func addPlain() {
    isPlain = true
    blocks = [Block(scope: ["text", ending], text: MappedText(source: source), isProse: true)]
  }

  /// Adds characters of the source as they are.
  mutating func append(_ range: Range<Int>) { current.append(source, range) }

  /// Adds what stands for a part of the source.
  mutating func append(_ character: String, from range: Range<Int>) {
    current.append(Array(character.utf8), from: range)
  }

  mutating func appendCode(_ range: Range<Int>) {
    let start = current.bytes.count
    append(range)
    codeRanges.append(start..<current.bytes.count)
  }

  mutating func link(_ range: Range<Int>, to target: String) { links.append((range, target)) }

  /// How much of the block there is.
  var length: Int { current.bytes.count }

  /// Of inline scopes that are open; more say nothing.
  private static let openCountMax = 64

  mutating func begin(inline scope: String) {
    if open.count < Self.openCountMax { open.append((scope, length)) }
  }

  mutating func end(inline scope: String) {
    guard let place = open.lastIndex(where: { $0.scope == scope }) else { return }
    let start = open.remove(at: place).start
    if scope == "code" { codeRanges.append(start..<length) }
    guard start < length else { return }
    blocks.append(
      Block(scope: [scope, ending], text: current.part(start..<length), isProse: false))
  }

  /// Ends the block.
  ///
  /// - Parameter scope: `heading h2`; none for prose, `nil` for what is code and not read by Vale.
  mutating func flush(as scope: [String]?) {
    let isEmpty = current.bytes.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    if !isEmpty {
      let read = current.part(Self.trimmed(current.bytes))
      let place = read.source(of: 0..<0).lowerBound
      if !text.bytes.isEmpty { text.append("\n\n".utf8, from: place..<place) }
      text.append(read)
      if let scope {
        let masked = current.starred(codeRanges).part(Self.trimmed(current.bytes))
        blocks.append(
          Block(scope: ["text"] + scope + [ending], text: masked, isProse: scope.isEmpty))
      }
    }
    current = MappedText()
    codeRanges = []
    open = open.map { ($0.scope, 0) }
  }

  /// A text that stands in an attribute, as a block of its own.
  mutating func addAside(_ aside: MappedText, scope: [String]) {
    guard !aside.bytes.isEmpty else { return }
    let place = aside.source(of: 0..<0).lowerBound
    if !text.bytes.isEmpty { text.append("\n\n".utf8, from: place..<place) }
    text.append(aside)
    blocks.append(Block(scope: ["text"] + scope + [ending], text: aside, isProse: false))
  }

  func document() -> Document {
    let whole = isPlain ? MappedText(source: source) : text
    var all = blocks
    for block in blocks where block.isProse {
      for paragraph in Self.paragraphs(block.text.bytes) {
        let part = block.text.part(paragraph)
        all.append(Block(scope: ["paragraph", ending], text: part, isProse: false))
        for sentence in Sentences.split(part.bytes) {
          all.append(
            Block(scope: ["sentence", ending], text: part.part(sentence), isProse: false))
        }
      }
    }
    var summary = MappedText()
    for block in blocks where block.isProse {
      let place = block.text.source(of: 0..<0).lowerBound
      if !summary.bytes.isEmpty { summary.append("\n\n".utf8, from: place..<place) }
      summary.append(block.text)
    }
    all.append(Block(scope: ["summary", ending], text: summary, isProse: false))
    all.append(Block(scope: ["raw", ending], text: MappedText(source: source), isProse: false))
    return Document(text: whole, blocks: all, links: links)
  }

  /// Parts between empty lines.
  private static func paragraphs(_ text: [UInt8]) -> [Range<Int>] {
    var paragraphs: [Range<Int>] = []
    var start: Int?
    var end = 0
    var line = 0
    while line <= text.count {
      let stop = text[line...].firstIndex(of: 0x0A) ?? text.count
      let isEmpty = text[line..<stop].allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
      if isEmpty {
        if let begun = start { paragraphs.append(begun..<end) }
        start = nil
      } else {
        if start == nil { start = line }
        end = stop
      }
      line = stop + 1
    }
    if let start { paragraphs.append(start..<end) }
    return paragraphs
  }

  private static func trimmed(_ text: [UInt8]) -> Range<Int> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    var (start, end) = (0, text.count)
    while start < end, isSpace(text[start]) { start += 1 }
    while end > start, isSpace(text[end - 1]) { end -= 1 }
    return start..<end
  }
}
