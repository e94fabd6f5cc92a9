/// Characters that markup writes by name or number.
enum Entities {
  /// Longer ones have no meaning.
  private static let lengthMax = 32

  /// What `&…` at `place` stands for, and where it ends; `nil` if it stands for itself.
  static func read(_ text: [UInt8], at place: Int) -> (text: String, end: Int)? {
    var end = place + 1
    while end < min(text.count, place + lengthMax), isPart(text[end]) { end += 1 }
    let name = String(decoding: text[place + 1..<end], as: UTF8.self)
    let isClosed = end < text.count && text[end] == 0x3B
    if name.hasPrefix("#") {
      let digits = name.dropFirst()
      let isHexadecimal = digits.hasPrefix("x") || digits.hasPrefix("X")
      let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      guard let value else { return nil }
      let scalar = value == 0 ? nil : Unicode.Scalar(value)
      return (String(scalar ?? "\u{FFFD}"), isClosed ? end + 1 : end)
    }
    guard isClosed, let character = named[name] else { return nil }
    return (character, end + 1)
  }

  private static func isPart(_ byte: UInt8) -> Bool {
    byte == 0x23 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
      || (0x61...0x7A).contains(byte)
  }

  /// Those of HTML that stand for letters, marks and spaces of text in common use.
  private static let named: [String: String] = {
    let table =
      "amp & lt < gt > quot \" apos ' nbsp \u{A0} shy \u{AD} copy © reg ® trade ™ hellip … mdash — "
      + "ndash – hyphen ‐ dash ‐ minus − lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ laquo « "
      + "raquo » bull • middot · euro € pound £ yen ¥ cent ¢ dollar $ sect § para ¶ deg ° plusmn ± "
      + "times × divide ÷ frac12 ½ frac14 ¼ frac34 ¾ szlig ß auml ä ouml ö uuml ü Auml Ä Ouml Ö "
      + "Uuml Ü aacute á eacute é iacute í oacute ó uacute ú agrave à egrave è igrave ì ograve ò "
      + "ugrave ù acirc â ecirc ê icirc î ocirc ô ucirc û ntilde ñ atilde ã otilde õ ccedil ç "
      + "aring å aelig æ oslash ø Aacute Á Eacute É Iacute Í Oacute Ó Uacute Ú Agrave À Egrave È "
      + "Ccedil Ç Ntilde Ñ Aring Å AElig Æ Oslash Ø OElig Œ oelig œ yacute ý yuml ÿ eth ð thorn þ "
      + "commat @ period . num # lowbar _ colon : semi ; sol / bsol \\ excl ! quest ? lpar ( rpar ) "
      + "comma , ast * plus + equals = percnt % lbrack [ rbrack ] lcub { rcub } verbar | grave ` "
      + "Hat ^ iexcl ¡ iquest ¿ larr ← rarr → uarr ↑ darr ↓ alpha α beta β gamma γ delta δ mu μ "
      + "pi π omega ω micro µ"
    let parts = table.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    var named: [String: String] = [
      "ensp": "\u{2002}", "emsp": "\u{2003}", "thinsp": "\u{2009}", "zwj": "\u{200D}",
      "zwnj": "\u{200C}", "lrm": "\u{200E}", "rlm": "\u{200F}", "NoBreak": "\u{2060}",
      "ZeroWidthSpace": "\u{200B}", "Tab": "\t", "NewLine": "\n", "nbsp": "\u{A0}",
      "NonBreakingSpace": "\u{A0}", "shy": "\u{AD}",
    ]
    for place in stride(from: 0, to: parts.count - 1, by: 2) where named[parts[place]] == nil {
      named[parts[place]] = parts[place + 1]
    }
    return named
  }()
}
