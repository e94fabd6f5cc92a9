extension AuditValue {
  /// Reads what `canonicalBytes()` writes. Some other spellings are read too: who must refuse them writes
  /// the value again and compares.
  ///
  /// - Returns: nil for what is no JSON without spaces and fractions, or is too deep.
  static func parse(_ bytes: [UInt8]) -> AuditValue? {
    var parser = Parser(bytes: bytes)
    guard let value = parser.value(depth: 0), parser.isAtEnd else { return nil }
    return value
  }

  private struct Parser {
    /// The entry itself is a level.
    static let depthMax = AuditValue.depthMax + 1

    let bytes: [UInt8]
    var place = 0

    init(bytes: [UInt8]) {
      self.bytes = bytes
    }

    var isAtEnd: Bool { place == bytes.count }

    mutating func value(depth: Int) -> AuditValue? {
      guard depth <= Self.depthMax, place < bytes.count else { return nil }
      switch bytes[place] {
      case UInt8(ascii: "{"): return object(depth: depth)
      case UInt8(ascii: "["): return array(depth: depth)
      case UInt8(ascii: "\""): return string().map { .string($0) }
      case UInt8(ascii: "n"): return word("null") ? .null : nil
      case UInt8(ascii: "t"): return word("true") ? .boolean(true) : nil
      case UInt8(ascii: "f"): return word("false") ? .boolean(false) : nil
      default: return integer()
      }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
      guard place < bytes.count, bytes[place] == byte else { return false }
      place += 1
      return true
    }

    private mutating func word(_ text: StaticString) -> Bool {
      for byte in text.description.utf8 where !take(byte) { return false }
      return true
    }

    private mutating func object(depth: Int) -> AuditValue? {
      place += 1
      var members: [String: AuditValue] = [:]
      if take(UInt8(ascii: "}")) { return .object(members) }
      repeat {
        guard let name = string(), take(UInt8(ascii: ":")), let value = value(depth: depth + 1),
          members.updateValue(value, forKey: name) == nil
        else { return nil }
      } while take(UInt8(ascii: ","))
      return take(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> AuditValue? {
      place += 1
      var elements: [AuditValue] = []
      if take(UInt8(ascii: "]")) { return .array(elements) }
      repeat {
        guard let value = value(depth: depth + 1) else { return nil }
        elements.append(value)
      } while take(UInt8(ascii: ","))
      return take(UInt8(ascii: "]")) ? .array(elements) : nil
    }

    private mutating func integer() -> AuditValue? {
      let start = place
      _ = take(UInt8(ascii: "-"))
      while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
        place += 1
      }
      return Int64(String(decoding: bytes[start..<place], as: UTF8.self)).map { .integer($0) }
    }

    private mutating func string() -> String? {
      guard take(UInt8(ascii: "\"")) else { return nil }
      let start = place
      while place < bytes.count {
        switch bytes[place] {
        case UInt8(ascii: "\""):
          let text = String(validating: bytes[start..<place], as: UTF8.self)
          place += 1
          return text
        case UInt8(ascii: "\\"): return escapedString(from: start)
        case 0..<0x20: return nil
        default: place += 1
        }
      }
      return nil
    }

    private mutating func escapedString(from start: Int) -> String? {
      var text = Array(bytes[start..<place])
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        switch byte {
        case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
        case UInt8(ascii: "\\"):
          guard let escaped = escape() else { return nil }
          text.append(escaped)
        case 0..<0x20: return nil
        default: text.append(byte)
        }
      }
      return nil
    }

    /// Only what `canonicalBytes()` escapes: `"`, `\` and control characters.
    private mutating func escape() -> UInt8? {
      guard place < bytes.count else { return nil }
      defer { place += 1 }
      switch bytes[place] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): return bytes[place]
      case UInt8(ascii: "b"): return 0x08
      case UInt8(ascii: "t"): return 0x09
      case UInt8(ascii: "n"): return 0x0A
      case UInt8(ascii: "f"): return 0x0C
      case UInt8(ascii: "r"): return 0x0D
      case UInt8(ascii: "u"):
        guard place + 4 < bytes.count,
          let code = UInt8(
            String(decoding: bytes[(place + 1)...(place + 4)], as: UTF8.self), radix: 16),
          code < 0x20
        else { return nil }
        place += 4
        return code
      default: return nil
      }
    }
  }
}
