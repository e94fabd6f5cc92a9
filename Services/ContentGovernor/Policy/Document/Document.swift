/// Content as a tree of markup says that it is read, flattened.
struct Document: Sendable {
  let text: MappedText
  let blocks: [Block]
  /// Targets of links, with their place in the source.
  let links: [(range: Range<Int>, target: String)]

  static func read(_ source: [UInt8], as format: ContentFormat) -> Document {
    var builder = DocumentBuilder(source, ending: format.ending)
    switch format {
    case .plain: builder.addPlain()
    case .markdown:
      var parser = MarkdownParser(source)
      parser.parse(into: &builder)
    case .html:
      var parser = HTMLParser(source)
      parser.parse(0..<source.count, into: &builder)
      parser.finish(into: &builder)
    }
    return builder.document()
  }

  /// The prose, paragraph by paragraph.
  var summary: String {
    blocks.filter(\.isProse).map { String(decoding: $0.text.bytes, as: UTF8.self) }
      .joined(separator: "\n\n")
  }
}

extension ContentFormat {
  /// The ending of files, which is the last part of Vale's scopes.
  var ending: String {
    switch self {
    case .plain: "txt"
    case .markdown: "md"
    case .html: "html"
    }
  }
}
