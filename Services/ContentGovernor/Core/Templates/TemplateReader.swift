/// Takes a template apart: text, and Mustache's variables.
struct TemplateReader {
  enum Piece: Hashable {
    case text(String)
    case variable(String)
  }

  private var rest: Substring
  /// Of what was read last, from 1.
  private(set) var line = 1

  init(_ body: String) {
    rest = body[...]
  }

  /// - Throws: for every other kind of tag, and for one that does not end.
  mutating func next() throws(TemplateFault) -> Piece? {
    guard !rest.isEmpty else { return nil }
    guard rest.hasPrefix("{{") else {
      let end = rest.firstRange(of: "{{")?.lowerBound ?? rest.endIndex
      let text = rest[..<end]
      rest = rest[end...]
      line += text.count { $0.isNewline }
      return .text(String(text))
    }
    guard let end = rest.firstRange(of: "}}") else {
      throw TemplateFault(line: line, "a tag `{{` does not end")
    }
    let inside = rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound]
    let name = inside.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    rest = rest[end.upperBound...]
    let text = String(name)
    guard text.wholeMatch(of: /[a-z][a-z0-9_-]{0,63}/) != nil else {
      throw TemplateFault(
        line: line,
        "expected a slot such as `{{title}}`, got `{{\(ContentNames.excerpt(String(inside)))}}`: "
          + "sections, partials, comments and unescaped variables are not supported")
    }
    return .variable(text)
  }
}
