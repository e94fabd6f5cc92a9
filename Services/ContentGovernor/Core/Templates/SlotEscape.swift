/// Writes what fills a slot so that it stays what it is: no character of it becomes markup, ends a string
/// or leaves an address.
enum SlotEscape {
  static func write(_ filling: String, in context: SlotContext) -> String {
    switch context {
    case .text: filling
    case .htmlText, .htmlAttribute, .htmlAddress: html(filling)
    case .htmlAddressPart: html(percent(filling))
    case .jsonString: json(filling)
    case .jsonNumber: filling
    case .markdownText: markdown(filling)
    case .markdownAddress: address(filling)
    }
  }

  private static func html(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "`": result += "&#96;"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  /// Everything but RFC 3986's unreserved characters.
  private static func percent(_ text: String) -> String {
    text.utf8.reduce(into: "") { result, byte in
      let isUnreserved =
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-._~".utf8.contains(byte)
      if isUnreserved {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
  }

  /// Also safe where the JSON stands inside of HTML or JavaScript.
  private static func json(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "<", ">", "&", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  /// On one line, because what begins a line can mean something.
  private static func markdown(_ text: String) -> String {
    let punctuation = "\\`*_{}[]()#+-.!|~=:\"'^$/@"
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ").unicodeScalars
      .reduce(into: "") { result, scalar in
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        default:
          if punctuation.unicodeScalars.contains(scalar) { result += "\\" }
          result.unicodeScalars.append(scalar)
        }
      }
  }

  private static func address(_ text: String) -> String {
    text.replacing("(", with: "%28").replacing(")", with: "%29")
  }
}
