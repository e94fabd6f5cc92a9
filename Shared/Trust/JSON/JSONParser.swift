/// A strict JSON reader for texts that trust depends on.
///
/// Stricter than most: a member name that occurs twice is refused (readers disagree on which one
/// counts), as are member names that are not ASCII (Swift holds some of those equal to ASCII ones),
/// invalid UTF-8, lone surrogates, nesting deeper than `depthMax` and anything after the value.
struct JSONParser {
  /// Far above what any of our documents needs; keeps hostile nesting off the stack.
  static let depthMax = 32

  private let bytes: [UInt8]
  private var position = 0

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The value that `bytes` spell. A text longer than `lengthMaxBytes` is refused unread.
  static func parse(_ bytes: [UInt8], lengthMaxBytes: Int) throws(JSONError) -> JSONValue {
    guard bytes.count <= lengthMaxBytes else {
      throw JSONError("expected at most \(lengthMaxBytes) bytes, got \(bytes.count)")
    }
    var parser = JSONParser(bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else {
      throw parser.fault("expected nothing after the value")
    }
    return value
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < Self.depthMax else {
      throw fault("expected at most \(Self.depthMax) levels of nesting")
    }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .boolean(true))
    case UInt8(ascii: "f"): return try literal("false", .boolean(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
    case nil: throw fault("expected a value, got the end")
    default: throw fault("expected a value")
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var members: [JSONMember] = []
    var names: Set<[UInt8]> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw fault("expected a member name in quotes") }
      let name = try string()
      guard name.utf8.allSatisfy({ $0 < 0x80 }) else {
        throw fault("expected an ASCII member name")
      }
      guard names.insert(Array(name.utf8)).inserted else {
        throw fault("field `\(name)` occurs twice")
      }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw fault("expected `:` after `\(name)`") }
      members.append(JSONMember(name: name, value: try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "}")) else { throw fault("expected `,` or `}`") }
      return .object(members)
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "]")) else { throw fault("expected `,` or `]`") }
      return .array(elements)
    }
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    var content: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw fault("expected valid UTF-8 in a string")
        }
        return text
      case UInt8(ascii: "\\"):
        content += try escape()
      case 0x00..<0x20:
        throw fault("expected control characters in strings to be escaped")
      default:
        content.append(byte)
      }
    }
    throw fault("expected a closing quote")
  }

  private mutating func escape() throws(JSONError) -> [UInt8] {
    guard let byte = peek else { throw fault("expected a closing quote") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "u"): return Array(String(Character(try unicodeEscape())).utf8)
    default: throw fault("expected one of `\"\\/bfnrtu` after a backslash")
    }
  }

  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // Not a scalar, so one half of a surrogate pair; the other half must follow.
    guard first < 0xdc00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw fault("expected a surrogate pair")
    }
    let second = try fourDigits()
    guard (0xdc00...0xdfff).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    else { throw fault("expected a surrogate pair") }
    return scalar
  }

  private mutating func fourDigits() throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count,
      let digits = Hexadecimal.decode(
        String(decoding: bytes[position..<position + 4], as: UTF8.self).lowercased())
    else { throw fault("expected four hexadecimal digits after `\\u`") }
    position += 4
    return UInt32(digits[0]) << 8 | UInt32(digits[1])
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    _ = take(UInt8(ascii: "-"))
    let leadsWithZero = peek == UInt8(ascii: "0")
    let wholeDigits = skipDigits()
    guard wholeDigits > 0, !leadsWithZero || wholeDigits == 1 else {
      throw fault("expected a number without leading zeros")
    }
    var isWhole = true
    if take(UInt8(ascii: ".")) {
      isWhole = false
      guard skipDigits() > 0 else { throw fault("expected digits after the point") }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      guard skipDigits() > 0 else { throw fault("expected digits in the exponent") }
    }
    let spelling = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let integer = Int64(spelling) { return .integer(integer) }
    return .number(spelling)
  }

  private mutating func literal(
    _ word: String, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw fault("expected a value") }
    position += word.utf8.count
    return value
  }

  private var peek: UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    return position - start
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
      position += 1
    }
  }

  private func fault(_ expectation: String) -> JSONError {
    let line = bytes[..<min(position, bytes.count)].count { $0 == 0x0a } + 1
    return JSONError("\(expectation) (line \(line), byte \(position))")
  }
}
