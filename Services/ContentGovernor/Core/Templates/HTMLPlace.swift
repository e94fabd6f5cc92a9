/// Where in HTML a reader is, as far as slots need to know; after the tokenizer of the HTML standard
/// (section 13.2.5), without its repairs: what would need them ends in a place where no slot may stand.
struct HTMLPlace {
  private enum Place: Hashable {
    case text
    /// After `<`.
    case opening
    case tagName
    case betweenAttributes
    case attributeName
    case afterAttributeName
    case beforeValue
    case value(quote: Unicode.Scalar?)
    case comment
    /// `<!doctype …>` and the like.
    case declaration
    /// Inside of an element whose content is no HTML.
    case raw
    /// After something that browsers repair, each in its way: nothing may stand there any more.
    case broken
  }

  /// Elements whose content is read in a way of its own.
  private static let rawElements: Set = [
    "script", "style", "textarea", "title", "iframe", "noscript", "xmp", "noembed", "noframes",
    "plaintext", "svg", "math", "template",
  ]
  /// Elements in whose attributes no slot may stand: they load or run things.
  private static let activeElements: Set = [
    "script", "style", "iframe", "object", "embed", "applet", "meta", "base", "link", "form",
  ]
  private static let addresses: Set = [
    "href", "src", "cite", "poster", "longdesc", "background",
  ]
  /// Beside those that begin with `on`.
  private static let activeAttributes: Set = [
    "style", "srcdoc", "srcset", "action", "formaction", "data", "ping", "xlink:href", "target",
    "id", "name", "class", "http-equiv", "is", "slot",
  ]

  private var place = Place.text
  private var tag = ""
  private var attribute = ""
  private var value = ""
  /// The last characters, for the ends of comments and raw text.
  private var tail = ""

  /// Whether nothing is open in which a document may not end.
  var isAtRest: Bool { place == .text }

  mutating func read(_ text: String) {
    for scalar in text.unicodeScalars { step(scalar) }
  }

  mutating func slot(_ type: SlotType) throws(TemplateFault) -> SlotContext {
    switch place {
    case .text: return .htmlText
    case .value(quote: .some):
      defer { value += "x" }
      guard !Self.activeElements.contains(tag), !Self.activeAttributes.contains(attribute),
        !attribute.hasPrefix("on")
      else {
        throw TemplateFault(
          line: 0, "nothing may stand in `\(attribute)` of `\(tag)` that is not locked")
      }
      guard Self.addresses.contains(attribute) else { return .htmlAttribute }
      guard value.isEmpty else { return .htmlAddressPart }
      guard type == .url else {
        throw TemplateFault(line: 0, "at the beginning of `\(attribute)` only a `url` may stand")
      }
      return .htmlAddress
    default:
      throw TemplateFault(
        line: 0,
        "a slot stands in text or in a quoted attribute, here it would be part of a tag, "
          + "a comment or a script")
    }
  }

  private mutating func step(_ scalar: Unicode.Scalar) {
    switch place {
    case .text: if scalar == "<" { place = .opening }
    case .opening: open(scalar)
    case .tagName: readTagName(scalar)
    case .betweenAttributes: between(scalar)
    case .attributeName: readAttributeName(scalar)
    case .afterAttributeName: followName(scalar)
    case .beforeValue: beginValue(scalar)
    case .value(let quote): readValue(scalar, quote)
    case .declaration:
      tail.unicodeScalars.append(scalar)
      if tail == "--" {
        // `<!-->` and `<!--->` are whole.
        place = .comment
      } else if scalar == ">" {
        place = .text
      }
    case .comment:
      keep(scalar, 4)
      if tail.hasSuffix("-->") || tail == "--!>" { place = .text }
    case .raw: readRaw(scalar)
    case .broken: break
    }
  }

  private mutating func open(_ scalar: Unicode.Scalar) {
    (tag, tail) = ("", "")
    if scalar == "!" || scalar == "?" {
      place = .declaration
    } else if scalar == "/" || scalar.properties.isAlphabetic && scalar.isASCII {
      place = .tagName
      tag = String(scalar).lowercased()
    } else if scalar != "<" {
      place = .text
    }
  }

  private mutating func readTagName(_ scalar: Unicode.Scalar) {
    if scalar == ">" {
      closeTag()
    } else if scalar.properties.isWhitespace || scalar == "/" {
      place = .betweenAttributes
    } else {
      tag += String(scalar).lowercased()
    }
  }

  private mutating func between(_ scalar: Unicode.Scalar) {
    if scalar == ">" {
      closeTag()
    } else if !scalar.properties.isWhitespace, scalar != "/" {
      attribute = String(scalar).lowercased()
      place = .attributeName
    }
  }

  private mutating func readAttributeName(_ scalar: Unicode.Scalar) {
    if scalar == "=" {
      place = .beforeValue
    } else if scalar == ">" {
      closeTag()
    } else if scalar == "/" {
      place = .betweenAttributes
    } else if scalar.properties.isWhitespace {
      place = .afterAttributeName
    } else {
      attribute += String(scalar).lowercased()
    }
  }

  private mutating func followName(_ scalar: Unicode.Scalar) {
    if scalar == "=" {
      place = .beforeValue
    } else if !scalar.properties.isWhitespace {
      place = .betweenAttributes
      between(scalar)
    }
  }

  private mutating func readRaw(_ scalar: Unicode.Scalar) {
    keep(scalar, tag.utf8.count + 3)
    guard tail.lowercased().hasPrefix("</\(tag)") else { return }
    if scalar == ">" {
      place = .text
    } else if scalar == "/" || scalar.properties.isWhitespace {
      place = .broken
    }
  }

  private mutating func beginValue(_ scalar: Unicode.Scalar) {
    value = ""
    if scalar == "\"" || scalar == "'" {
      place = .value(quote: scalar)
    } else if scalar == ">" {
      closeTag()
    } else if !scalar.properties.isWhitespace {
      place = .value(quote: nil)
    }
  }

  private mutating func readValue(_ scalar: Unicode.Scalar, _ quote: Unicode.Scalar?) {
    if let quote {
      if scalar == quote {
        place = .betweenAttributes
      } else {
        value.unicodeScalars.append(scalar)
      }
    } else if scalar == ">" {
      closeTag()
    } else if scalar.properties.isWhitespace {
      place = .betweenAttributes
    }
  }

  private mutating func closeTag() {
    tail = ""
    place = Self.rawElements.contains(tag) ? .raw : .text
  }

  private mutating func keep(_ scalar: Unicode.Scalar, _ count: Int) {
    tail.unicodeScalars.append(scalar)
    while tail.unicodeScalars.count > count { tail.unicodeScalars.removeFirst() }
  }
}
