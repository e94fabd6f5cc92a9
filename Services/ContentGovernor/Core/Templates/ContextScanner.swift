/// Follows a template's locked text, so as to know what each slot stands in.
struct ContextScanner {
  private let format: TemplateFormat
  private var html = HTMLPlace()
  private var isInString = false
  private var isEscaped = false
  /// Markdown: the line so far, and whether it lies in a block of code.
  private var line = ""
  private var isFenced = false

  init(_ format: TemplateFormat) {
    self.format = format
  }

  mutating func read(_ text: String) {
    switch format {
    case .html: html.read(text)
    case .json: readJSON(text)
    case .markdown: readMarkdown(text)
    case .text: break
    }
  }

  /// - Throws: where nothing may stand that is not locked.
  mutating func slot(_ type: SlotType) throws(TemplateFault) -> SlotContext {
    switch format {
    case .text: return .text
    case .html: return try html.slot(type)
    case .json:
      if isInString { return .jsonString }
      guard type == .number else {
        throw TemplateFault(line: 0, "outside of a string only a `number` may stand")
      }
      return .jsonNumber
    case .markdown: return try markdownSlot(type)
    }
  }

  /// - Throws: where the template ends in the middle of something.
  func end() throws(TemplateFault) {
    guard format != .html || html.isAtRest else {
      throw TemplateFault(line: 0, "it ends inside of a tag, a comment or an attribute")
    }
  }

  private mutating func readJSON(_ text: String) {
    for scalar in text.unicodeScalars {
      if isEscaped {
        isEscaped = false
      } else if isInString, scalar == "\\" {
        isEscaped = true
      } else if scalar == "\"" {
        isInString.toggle()
      }
    }
  }

  private mutating func readMarkdown(_ text: String) {
    for character in text {
      guard character.isNewline else {
        line.append(character)
        continue
      }
      let content = line.drop { $0 == " " }
      if content.hasPrefix("```") || content.hasPrefix("~~~") { isFenced.toggle() }
      line = ""
    }
  }

  private mutating func markdownSlot(_ type: SlotType) throws(TemplateFault) -> SlotContext {
    guard !isFenced, !line.contains("`"), !line.hasPrefix("    "), !line.hasPrefix("\t"),
      !line.contains("<")
    else { throw TemplateFault(line: 0, "nothing may stand in code or HTML that is not locked") }
    let opening = line.lastIndex(of: "(")
    let isTarget =
      opening.map { line[..<$0].hasSuffix("]") && !line[$0...].contains(")") } ?? false
    defer { line.append("x") }
    if isTarget {
      guard type == .url, line.hasSuffix("(") else {
        throw TemplateFault(line: 0, "as the target of a link only a whole `url` may stand")
      }
      return .markdownAddress
    }
    return .markdownText
  }
}
