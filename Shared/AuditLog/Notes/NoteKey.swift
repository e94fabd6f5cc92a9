import Crypto
import Foundation

/// A public key that verifies signatures of notes (C2SP signed-note), by name.
///
/// As a text: `name+8 hex digits+base64`.
package struct NoteKey: Sendable, Hashable {
  package enum Kind: UInt8, Sendable {
    /// Signs the text.
    case signer = 1
    /// A witness that signs the text and the time (C2SP tlog-cosignature).
    case witness = 4
  }

  package static let nameBytesMax = 255
  package let name: String
  package let kind: Kind
  package let identifier: UInt32
  private let publicKey: [UInt8]

  /// - Throws: `malformed` for a name that can't stand in a note, or bytes that are no key.
  package init(name: String, kind: Kind, publicKey: [UInt8]) throws(NoteError) {
    guard Self.isName(name) else {
      throw .malformed("expected a key's name without spaces and `+`, got `\(name)`")
    }
    guard (try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)) != nil else {
      throw .malformed("expected 32 bytes of an Ed25519 key, got \(publicKey.count)")
    }
    self.name = name
    self.kind = kind
    self.publicKey = publicKey
    let digest = SHA256.hash(data: Array(name.utf8) + [0x0A, kind.rawValue] + publicKey)
    identifier = digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Reads the text that `description` writes.
  package init(_ text: String) throws(NoteError) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let bytes = Base64Text.decode(parts[2]), let first = bytes.first else {
      throw .malformed("expected a key such as `name+1a2b3c4d+BASE64`")
    }
    guard let kind = Kind(rawValue: first) else {
      throw .malformed("expected an Ed25519 key (1) or a witness's (4), got kind \(first)")
    }
    try self.init(name: String(parts[0]), kind: kind, publicKey: Array(bytes.dropFirst()))
    guard parts[1] == hexadecimalIdentifier else {
      throw .malformed("the key of `\(name)` does not fit its number `\(parts[1])`")
    }
  }

  /// Whether `signature` over the text of a note is this key's.
  func isValid(_ signature: [UInt8], over text: [UInt8]) -> Bool {
    switch kind {
    case .signer: isSigned(signature, text)
    case .witness:
      Cosignature(bytes: signature).map { isSigned($0.signature, $0.message(text)) } ?? false
    }
  }

  private func isSigned(_ signature: [UInt8], _ message: [UInt8]) -> Bool {
    let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
    return key?.isValidSignature(signature, for: message) ?? false
  }

  private var hexadecimalIdentifier: String {
    let digits = String(identifier, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.utf8.count <= nameBytesMax
      && name.unicodeScalars.allSatisfy {
        !$0.properties.isWhitespace && $0.value > 0x20 && $0 != "+"
      }
  }
}

extension NoteKey: CustomStringConvertible {
  package var description: String {
    "\(name)+\(hexadecimalIdentifier)+\(Base64Text.encode([kind.rawValue] + publicKey))"
  }
}
