extension JSONValue {
  /// The shortest spelling, members in the order they have.
  func compactBytes() -> [UInt8] {
    var writer = JSONWriter(sortsMembers: false)
    writer.write(self)
    return writer.bytes
  }

  /// The canonical spelling, the same on every machine (RFC 8785 for values without fractions): no
  /// spaces, members sorted by name, only what must be escaped is.
  ///
  /// Names are compared by their UTF-8 bytes, which for the ASCII names that we sign is RFC 8785's order.
  func canonicalBytes() -> [UInt8] {
    var writer = JSONWriter(sortsMembers: true)
    writer.write(self)
    return writer.bytes
  }
}

private struct JSONWriter {
  let sortsMembers: Bool
  private(set) var bytes: [UInt8] = []

  init(sortsMembers: Bool) {
    self.sortsMembers = sortsMembers
  }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: bytes += "null".utf8
    case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
    case .integer(let number): bytes += String(number).utf8
    case .number(let spelling): bytes += spelling.utf8
    case .string(let text): write(text)
    case .array(let elements): write(elements)
    case .object(let members): write(members)
    }
  }

  private mutating func write(_ elements: [JSONValue]) {
    bytes.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(element)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func write(_ members: [JSONMember]) {
    let ordered =
      sortsMembers
      ? members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : members
    bytes.append(UInt8(ascii: "{"))
    for (index, member) in ordered.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(member.name)
      bytes.append(UInt8(ascii: ":"))
      write(member.value)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case 0x08: bytes += "\\b".utf8
      case 0x09: bytes += "\\t".utf8
      case 0x0a: bytes += "\\n".utf8
      case 0x0c: bytes += "\\f".utf8
      case 0x0d: bytes += "\\r".utf8
      case 0x00..<0x20: bytes += ("\\u00" + Hexadecimal.encode([byte])).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
