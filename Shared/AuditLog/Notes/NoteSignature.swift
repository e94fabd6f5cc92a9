/// One line below a note's text: who signed, with which key, and the signature.
package struct NoteSignature: Sendable, Hashable, CustomStringConvertible {
  static let mark = "\u{2014} "

  package let name: String
  package let keyIdentifier: UInt32
  package let bytes: [UInt8]

  package init(name: String, keyIdentifier: UInt32, bytes: [UInt8]) {
    self.name = name
    self.keyIdentifier = keyIdentifier
    self.bytes = bytes
  }

  /// Reads a line, without its end.
  package init(line: some StringProtocol) throws(NoteError) {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "\u{2014}", NoteKey.isName(parts[1]),
      let bytes = Base64Text.decode(parts[2]), bytes.count > 4
    else { throw .malformed("expected a signature such as `\u{2014} name BASE64`") }
    name = String(parts[1])
    keyIdentifier = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    self.bytes = Array(bytes.dropFirst(4))
  }

  package var description: String {
    let number = stride(from: 24, through: 0, by: -8).map {
      UInt8(truncatingIfNeeded: keyIdentifier >> UInt32($0))
    }
    return "\(Self.mark)\(name) \(Base64Text.encode(number + bytes))"
  }
}
