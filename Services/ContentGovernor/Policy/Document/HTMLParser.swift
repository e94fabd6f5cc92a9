/// Reads HTML as browsers forgive it, for its text: no tree, no error.
struct HTMLParser {
  private static let inlineScopes = [
    "strong": "strong", "b": "strong", "em": "emphasis", "i": "emphasis", "a": "link",
    "code": "code", "tt": "code", "kbd": "code", "samp": "code", "var": "code",
  ]
  private static let blocks: Set = [
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "legend", "li", "main", "nav", "ol",
    "option", "p", "pre", "section", "select", "summary", "table", "tbody", "td", "textarea",
    "tfoot", "th", "thead", "title", "tr", "ul",
  ]
  private static let scopes = [
    "th": ["table", "header"], "td": ["table", "cell"], "caption": ["table", "caption"],
    "figcaption": ["figure", "caption"], "li": ["list"], "blockquote": ["blockquote"],
  ]
  private static let asides = [
    "alt": ["attr", "alt"], "title": ["attr", "title"], "placeholder": ["attr", "placeholder"],
    "aria-label": ["attr", "label"], "content": ["attr", "content"], "value": ["attr", "value"],
  ]
  private static let targets: Set = [
    "href", "src", "action", "formaction", "cite", "data", "poster",
  ]
  /// Elements whose insides are no text.
  private static let silent: Set = ["script", "style", "template", "noscript"]
  /// Deeper ones have no scope of their own.
  private static let depthMax = 512

  private let source: [UInt8]
  /// Blocks that are open.
  private var stack: [String] = []
  private var silentCount = 0

  init(_ source: [UInt8]) { self.source = source }

  mutating func parse(_ range: Range<Int>, into builder: inout DocumentBuilder) {
    var place = range.lowerBound
    while place < range.upperBound {
      let byte = source[place]
      if byte == 0x3C, let end = tag(at: place, range.upperBound, &builder) {
        place = end
      } else if byte == 0x26, let (text, end) = Entities.read(source, at: place),
        end <= range.upperBound
      {
        if silentCount == 0 { builder.append(text, from: place..<end) }
        place = end
      } else {
        var end = place + 1
        while end < range.upperBound, source[end] != 0x3C, source[end] != 0x26 { end += 1 }
        if silentCount == 0 { builder.append(place..<end) }
        place = end
      }
    }
  }

  func finish(into builder: inout DocumentBuilder) { builder.flush(as: scope) }

  /// Where the tag or comment at `place` ends; `nil` if it is text.
  private mutating func tag(
    at place: Int, _ limit: Int, _ builder: inout DocumentBuilder
  ) -> Int? {
    guard place + 1 < limit else { return nil }
    if source[place...].starts(with: "<!--".utf8) {
      return end(of: "-->", from: place + 4, limit) ?? limit
    }
    if source[place + 1] == 0x21 || source[place + 1] == 0x3F {
      return source[place..<limit].firstIndex(of: 0x3E).map { $0 + 1 } ?? limit
    }
    guard let tag = HTMLTag(source, at: place, limit) else { return nil }
    if tag.isEnd { close(tag.name, &builder) } else { open(tag, &builder) }
    guard !tag.isEnd, Self.silent.contains(tag.name) else { return tag.end }
    // Nothing inside is markup until its own end.
    if tag.name == "script" || tag.name == "style" {
      let inside = tag.end
      return end(of: "</\(tag.name)", from: inside, limit).map {
        source[$0..<limit].firstIndex(of: 0x3E).map { $0 + 1 } ?? limit
      } ?? limit
    }
    silentCount += 1
    return tag.end
  }

  private mutating func open(_ tag: HTMLTag, _ builder: inout DocumentBuilder) {
    if tag.name == "br" { builder.append("\n", from: tag.start..<tag.end) }
    if Self.blocks.contains(tag.name) {
      builder.flush(as: scope)
      // A paragraph ends where the next begins, as does an item.
      if ["p", "li", "td", "th", "tr", "dt", "dd", "option"].contains(tag.name),
        stack.last == tag.name
      {
        stack.removeLast()
      }
      if tag.name != "hr", stack.count < Self.depthMax { stack.append(tag.name) }
    } else if let inline = Self.inlineScopes[tag.name] {
      builder.begin(inline: inline)
    }
    for attribute in tag.attributes {
      let value = self.value(attribute.value)
      if let aside = Self.asides[attribute.name], silentCount == 0 {
        builder.addAside(value, scope: aside)
      }
      if Self.targets.contains(attribute.name) {
        builder.link(attribute.value, to: String(decoding: value.bytes, as: UTF8.self))
      }
    }
  }

  private mutating func close(_ name: String, _ builder: inout DocumentBuilder) {
    if Self.silent.contains(name) { silentCount = max(0, silentCount - 1) }
    if Self.blocks.contains(name) {
      builder.flush(as: scope)
      if let place = stack.lastIndex(of: name) { stack.removeSubrange(place...) }
    } else if let inline = Self.inlineScopes[name] {
      builder.end(inline: inline)
    }
  }

  /// Of the block that is open: the outermost that has one, as Vale has it.
  private var scope: [String]? {
    if stack.contains("pre") { return nil }
    for name in stack {
      if let scope = Self.scopes[name] { return scope }
      if name.count == 2, name.first == "h", name.last?.isNumber == true {
        return ["heading", name]
      }
    }
    return []
  }

  private func value(_ range: Range<Int>) -> MappedText {
    var value = MappedText()
    var place = range.lowerBound
    while place < range.upperBound {
      if source[place] == 0x26, let (text, end) = Entities.read(source, at: place),
        end <= range.upperBound
      {
        value.append(Array(text.utf8), from: place..<end)
        place = end
      } else {
        var end = place + 1
        while end < range.upperBound, source[end] != 0x26 { end += 1 }
        value.append(source, place..<end)
        place = end
      }
    }
    return value
  }

  private func end(of mark: String, from start: Int, _ limit: Int) -> Int? {
    let mark = Array(mark.utf8)
    var place = start
    while place + mark.count <= limit {
      let isHere = zip(source[place..<place + mark.count], mark).allSatisfy {
        $0 == $1 || ((0x41...0x5A).contains($0) && $0 | 0x20 == $1)
      }
      if isHere { return place + mark.count }
      place += 1
    }
    return nil
  }
}
