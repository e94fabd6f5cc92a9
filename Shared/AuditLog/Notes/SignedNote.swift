/// A text signed by one or more keys (C2SP signed-note).
package struct SignedNote: Sendable, Hashable, CustomStringConvertible {
  /// Longer ones are not read.
  package static let bytesMax = 64 << 10
  package static let signaturesMax = 64

  /// Ends with a line's end.
  package let text: String
  package private(set) var signatures: [NoteSignature]

  package init(text: String, signatures: [NoteSignature]) {
    self.text = text
    self.signatures = signatures
  }

  /// Reads the text that `description` writes.
  package init(_ bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= Self.bytesMax, let note = String(validating: bytes, as: UTF8.self),
      bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A })
    else { throw .malformed("expected a note: UTF-8 without control characters, at most 64 KiB") }
    guard let gap = Self.lastGap(bytes), bytes.last == 0x0A else {
      throw .malformed("expected a note: a text, an empty line, signatures")
    }
    text = String(decoding: bytes[...gap], as: UTF8.self)
    let lines = String(decoding: bytes[(gap + 2)...].dropLast(), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count <= Self.signaturesMax else {
      throw .malformed("expected at most \(Self.signaturesMax) signatures, got \(lines.count)")
    }
    signatures = []
    for line in lines { signatures.append(try NoteSignature(line: line)) }
    // Everything that was read is said again, so no byte of it is without meaning.
    guard description.utf8.elementsEqual(note.utf8) else {
      throw .malformed("expected a note in its one spelling")
    }
  }

  package var description: String {
    text + "\n" + signatures.map { "\($0)\n" }.joined()
  }

  package mutating func add(_ signature: NoteSignature) {
    signatures.removeAll {
      $0.name == signature.name && $0.keyIdentifier == signature.keyIdentifier
    }
    signatures.append(signature)
  }

  /// Those of `keys` that signed.
  ///
  /// - Throws: `badSignature` where a signature by one of them does not hold.
  package func signers(among keys: [NoteKey]) throws(NoteError) -> [NoteKey] {
    var found: [NoteKey] = []
    for signature in signatures {
      for key in keys
      where key.name == signature.name && key.identifier == signature.keyIdentifier {
        guard key.isValid(signature.bytes, over: Array(text.utf8)) else {
          throw .badSignature(name: key.name)
        }
        if !found.contains(key) { found.append(key) }
      }
    }
    return found
  }

  /// The place of the line end before the last empty line.
  private static func lastGap(_ bytes: [UInt8]) -> Int? {
    guard bytes.count > 2 else { return nil }
    return (0..<bytes.count - 1).last { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }
  }
}
