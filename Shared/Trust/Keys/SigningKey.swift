import Crypto
import Foundation

/// A private key of a person or a service.
///
/// It has two halves that never sign the same kind of thing: Ed25519 for approvals, assertions and
/// handshakes; ECDSA P-256 for model manifests, because OpenSSF model-signing verifies nothing else
/// with a plain key (`Shared/Docs/decisions/0003-signing-keys.md`).
///
/// Its file has mode 0600 and one line: `slipway-private-ed25519-p256 BASE64 comment`, the base64
/// holding the Ed25519 seed (32 bytes) and the P-256 scalar (32 bytes). It is not encrypted.
package struct SigningKey: Sendable {
  private static let algorithm = "slipway-private-ed25519-p256"
  private static let halfLength = 32

  private let ed25519: Curve25519.Signing.PrivateKey
  private let p256: P256.Signing.PrivateKey
  package let verifyingKey: VerifyingKey

  private init(
    ed25519: Curve25519.Signing.PrivateKey, p256: P256.Signing.PrivateKey, comment: String
  ) throws(KeyError) {
    self.ed25519 = ed25519
    self.p256 = p256
    verifyingKey = try VerifyingKey(
      publicBytes: [UInt8](ed25519.publicKey.rawRepresentation)
        + [UInt8](p256.publicKey.compressedRepresentation),
      comment: comment)
  }

  /// A new key. The comment travels with the public key; it should say whose key this is.
  /// - Throws: `KeyError.commentInvalid`.
  package static func generate(comment: String) throws(KeyError) -> SigningKey {
    try SigningKey(
      ed25519: Curve25519.Signing.PrivateKey(), p256: P256.Signing.PrivateKey(), comment: comment)
  }

  /// The key of an Ed25519 seed and a P-256 scalar, 32 bytes each, big-endian.
  package init(seed: [UInt8], scalar: [UInt8], comment: String) throws(KeyError) {
    let halves: (ed25519: Curve25519.Signing.PrivateKey, p256: P256.Signing.PrivateKey)
    do {
      halves = (
        try Curve25519.Signing.PrivateKey(rawRepresentation: seed),
        try P256.Signing.PrivateKey(rawRepresentation: scalar)
      )
    } catch {
      throw .malformed(
        "expected an Ed25519 seed and a P-256 scalar of \(Self.halfLength) bytes each")
    }
    try self.init(ed25519: halves.ed25519, p256: halves.p256, comment: comment)
  }

  /// Reads a key's file.
  /// - Throws: `KeyError`; `fileOpenToOthers` when group or others have any access to it.
  package static func load(from path: String) throws(KeyError) -> SigningKey {
    let content = try KeyFile.read(path, exposure: .secret)
    let expected = "expected `\(path)` to hold a line like `\(algorithm) BASE64 comment`"
    guard let text = String(validating: content, as: UTF8.self), text.hasSuffix("\n") else {
      throw .malformed(expected)
    }
    let parts = text.dropLast().split(
      separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0] == algorithm, let bytes = Base64.decode(parts[1]),
      bytes.count == 2 * halfLength
    else { throw .malformed(expected) }
    return try SigningKey(
      seed: Array(bytes.prefix(halfLength)), scalar: Array(bytes.suffix(halfLength)),
      comment: parts.count == 3 ? String(parts[2]) : "")
  }

  /// Writes the key to a new file of mode 0600, durable when this returns.
  /// - Throws: `KeyError`; `fileExists` rather than overwriting anything.
  package func save(to path: String) throws(KeyError) {
    let secret = [UInt8](ed25519.rawRepresentation) + [UInt8](p256.rawRepresentation)
    let comment = verifyingKey.comment
    let line = "\(Self.algorithm) \(Base64.encode(secret))" + (comment.isEmpty ? "" : " \(comment)")
    try KeyFile.create(path, Array("\(line)\n".utf8))
  }

  /// The Ed25519 signature over `message`, 64 bytes. Callers separate their domains themselves: an
  /// envelope by its payload type, a transcript by its label.
  package func signature(over message: [UInt8]) throws(KeyError) -> [UInt8] {
    do {
      return [UInt8](try ed25519.signature(for: message))
    } catch {
      throw .malformed("the Ed25519 key could not sign")
    }
  }

  /// The ECDSA P-256 signature with SHA-256 over `message`, DER.
  func manifestSignature(over message: [UInt8]) throws(KeyError) -> [UInt8] {
    do {
      return [UInt8](try p256.signature(for: message).derRepresentation)
    } catch {
      throw .malformed("the P-256 key could not sign")
    }
  }
}
