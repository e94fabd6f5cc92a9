/// Reads Markdown for its text: CommonMark's blocks with the tables of GitHub, as far as they change
/// what is read.
struct MarkdownParser {
  /// Marks before one line; more are text.
  private static let depthMax = 32

  private let source: [UInt8]
  private let lines: [Range<Int>]
  private var line = 0
  /// Lines of the paragraph being read, without marks of lists and quotations.
  private var paragraph: [Range<Int>] = []
  private var scope: [String] = []
  private var html: HTMLParser

  init(_ source: [UInt8]) {
    self.source = source
    html = HTMLParser(source)
    lines = MarkdownLine.split(source)
  }

  mutating func parse(into builder: inout DocumentBuilder) {
    skipFrontMatter()
    while line < lines.count {
      readLine(into: &builder)
      line += 1
    }
    flush(into: &builder)
  }

  private mutating func skipFrontMatter() {
    guard let first = lines.first, MarkdownLine(source, first).isExactly("---") else { return }
    let end = lines.indices.dropFirst().first { MarkdownLine(source, lines[$0]).isExactly("---") }
    if let end { line = end + 1 }
  }

  private mutating func readLine(into builder: inout DocumentBuilder) {
    var content = MarkdownLine(source, lines[line])
    if content.isBlank {
      flush(into: &builder)
      scope = []
      return
    }
    var isQuoted = false
    for _ in 0..<Self.depthMax {
      guard content.stripQuote() else { break }
      isQuoted = true
    }
    if isQuoted != (scope.first == "blockquote"), scope.first != "list" || isQuoted {
      // A line that begins a quotation ends the paragraph; one without the mark may go on with it.
      if isQuoted || paragraph.isEmpty {
        flush(into: &builder)
        scope = isQuoted ? ["blockquote"] : []
      }
    }
    if content.isBlank { return flush(into: &builder) }
    if paragraph.isEmpty, content.indent >= 4, scope.isEmpty {
      return code([content.range], &builder)
    }
    if let fence = content.fence { return fenced(fence, &builder) }
    if let (level, text) = content.heading {
      flush(into: &builder)
      return block([text], as: isQuoted ? ["blockquote"] : ["heading", "h\(level)"], &builder)
    }
    if let level = content.underline, !paragraph.isEmpty, scope.isEmpty {
      let text = paragraph
      paragraph = []
      return block(text, as: ["heading", "h\(level)"], &builder)
    }
    if content.isRule { return flush(into: &builder) }
    if content.stripItem() {
      flush(into: &builder)
      scope = isQuoted ? ["blockquote"] : ["list"]
      for _ in 0..<Self.depthMax { guard content.stripItem() else { break } }
      if content.isBlank { return }
    } else if paragraph.isEmpty, content.isTag {
      return tags(&builder)
    } else if paragraph.isEmpty, let definition = content.definition {
      return builder.link(
        definition, to: String(decoding: source[definition], as: UTF8.self))
    } else if paragraph.isEmpty, isTable {
      return table(&builder)
    }
    paragraph.append(content.trimmed)
  }

  private mutating func flush(into builder: inout DocumentBuilder) {
    guard !paragraph.isEmpty else { return }
    let text = paragraph
    paragraph = []
    block(text, as: scope, &builder)
  }

  private func block(
    _ text: [Range<Int>], as scope: [String], _ builder: inout DocumentBuilder
  ) {
    var inline = MarkdownInline(source, text)
    inline.parse(into: &builder)
    builder.flush(as: scope)
  }

  private func code(_ text: [Range<Int>], _ builder: inout DocumentBuilder) {
    for range in text {
      builder.append(range)
      builder.append("\n", from: range.upperBound..<range.upperBound)
    }
    builder.flush(as: nil)
  }

  private mutating func fenced(
    _ fence: (mark: UInt8, count: Int), _ builder: inout DocumentBuilder
  ) {
    flush(into: &builder)
    var text: [Range<Int>] = []
    line += 1
    while line < lines.count {
      let content = MarkdownLine(source, lines[line])
      if let end = content.fence, end.mark == fence.mark, end.count >= fence.count,
        content.isFenceOnly
      {
        break
      }
      text.append(lines[line])
      line += 1
    }
    code(text, &builder)
  }

  /// HTML until an empty line.
  private mutating func tags(_ builder: inout DocumentBuilder) {
    let start = lines[line].lowerBound
    while line + 1 < lines.count, !MarkdownLine(source, lines[line + 1]).isBlank { line += 1 }
    html.parse(start..<lines[line].upperBound, into: &builder)
    html.finish(into: &builder)
  }

  private var isTable: Bool {
    guard line + 1 < lines.count, source[lines[line]].contains(0x7C) else { return false }
    let next = source[lines[line + 1]]
    return next.contains(0x2D) && next.contains(0x7C)
      && next.allSatisfy { [0x20, 0x09, 0x2D, 0x3A, 0x7C, 0x0D].contains($0) }
  }

  private mutating func table(_ builder: inout DocumentBuilder) {
    var scope = ["table", "header"]
    let delimiter = line + 1
    while line < lines.count, source[lines[line]].contains(0x7C) {
      if line == delimiter {
        scope = ["table", "cell"]
      } else {
        for cell in MarkdownLine(source, lines[line]).cells { block([cell], as: scope, &builder) }
      }
      line += 1
    }
    line -= 1
  }
}
