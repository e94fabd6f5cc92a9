/// Tells a Swift source's code from its comments and string literals.
enum SourceText {
  /// The source with every comment, string literal and sentence in backticks (a test's name) blanked,
  /// line ends kept. Interpolated code is kept, since it is code. A regex literal that holds a quote
  /// ends with its line.
  static func code(of source: String) -> String {
    var scanner = Scanner(bytes: Array(source.utf8))
    scanner.run()
    return String(decoding: scanner.code, as: UTF8.self)
  }

  /// The identifiers and keywords of a source's code, an attribute with its `@`.
  static func words(of source: String) -> [Substring] {
    code(of: source).split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "@") }
  }

  private struct Scanner {
    let bytes: [UInt8]
    var code: [UInt8] = []
    var position = 0

    mutating func run() {
      while position < bytes.count { scanCode(untilClosingParenthesis: false) }
    }

    private mutating func scanCode(untilClosingParenthesis: Bool) {
      var depth = 0
      while position < bytes.count {
        if skips("//") {
          while position < bytes.count, bytes[position] != newline { position += 1 }
        } else if skips("/*") {
          skipBlockComment()
        } else if let hashes = stringOpening() {
          skipString(hashes: hashes)
        } else if skips("`") {
          scanName()
        } else {
          let byte = bytes[position]
          if byte == UInt8(ascii: "(") { depth += 1 }
          if byte == UInt8(ascii: ")") {
            if untilClosingParenthesis, depth == 0 { return position += 1 }
            depth -= 1
          }
          code.append(byte)
          position += 1
        }
      }
    }

    private mutating func skipBlockComment() {
      var depth = 1
      while position < bytes.count, depth > 0 {
        if skips("/*") {
          depth += 1
        } else if skips("*/") {
          depth -= 1
        } else {
          skipByte()
        }
      }
      code.append(UInt8(ascii: " "))
    }

    /// Keeps `import`-like identifiers with their backticks, and blanks sentences.
    private mutating func scanName() {
      let start = position
      while position < bytes.count, bytes[position] != UInt8(ascii: "`"), bytes[position] != newline
      {
        position += 1
      }
      let name = bytes[start..<position]
      let isSentence = name.contains(UInt8(ascii: " "))
      code += isSentence ? Array("`_`".utf8) : Array("`".utf8) + name + Array("`".utf8)
      _ = skips("`")
    }

    /// The number of `#` before an opening quote at the position, which then stands on the quote.
    private mutating func stringOpening() -> Int? {
      var quote = position
      while quote < bytes.count, bytes[quote] == UInt8(ascii: "#") { quote += 1 }
      guard quote < bytes.count, bytes[quote] == UInt8(ascii: "\"") else { return nil }
      defer { position = quote }
      return quote - position
    }

    private mutating func skipString(hashes: Int) {
      let marks = String(repeating: "#", count: hashes)
      let isMultiline = skips("\"\"\"")
      if !isMultiline { position += 1 }
      let closing = (isMultiline ? "\"\"\"" : "\"") + marks
      code.append(UInt8(ascii: " "))
      while position < bytes.count, !skips(closing) {
        if skips("\\" + marks + "(") {
          scanCode(untilClosingParenthesis: true)
          code.append(UInt8(ascii: " "))
        } else if skips("\\" + marks) {
          if position < bytes.count { skipByte() }
        } else if !isMultiline, bytes[position] == newline {
          return
        } else {
          skipByte()
        }
      }
    }

    private let newline = UInt8(ascii: "\n")

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Moves over one byte, keeping a line end in the code.
    private mutating func skipByte() {
      if bytes[position] == newline { code.append(newline) }
      position += 1
    }

    /// Moves over `text` if it stands at the position.
    private mutating func skips(_ text: String) -> Bool {
      guard bytes[position...].starts(with: text.utf8) else { return false }
      position += text.utf8.count
      return true
    }
  }
}
