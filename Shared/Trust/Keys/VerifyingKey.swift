import Crypto
import Foundation

/// The public half of a `SigningKey`: what a trust file lists and everyone may see.
///
/// One line of text: `slipway-ed25519-p256 BASE64 comment`. The base64 holds 65 bytes: the Ed25519
/// public key (32, RFC 8032) and the P-256 public key (33, compressed, SEC 1). The comment is for
/// people; it is neither signed nor compared.
package struct VerifyingKey: Hashable, Sendable, CustomStringConvertible {
  package static let algorithm = "slipway-ed25519-p256"
  static let commentLengthMaxBytes = 128
  private static let ed25519Length = 32
  private static let p256Length = 33

  private let publicBytes: [UInt8]
  package let comment: String
  package let identifier: KeyIdentifier
  private let p256Pem: String

  /// - Throws: `KeyError.malformed` when the bytes are not two points.
  init(publicBytes: [UInt8], comment: String) throws(KeyError) {
    guard publicBytes.count == Self.ed25519Length + Self.p256Length else {
      throw .malformed(
        "expected a public key of \(Self.ed25519Length + Self.p256Length) bytes, got \(publicBytes.count)"
      )
    }
    guard isPrintableComment(comment) else { throw .commentInvalid }
    do {
      _ = try Self.ed25519(publicBytes)
      p256Pem = Self.pem(try Self.p256(publicBytes))
    } catch {
      throw .malformed("expected an Ed25519 and a compressed P-256 public key")
    }
    self.publicBytes = publicBytes
    self.comment = comment
    identifier = KeyIdentifier(publicBytes: publicBytes)
  }

  /// Reads the line that `description` writes.
  package init(_ line: String) throws(KeyError) {
    let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0] == Self.algorithm, let bytes = Base64.decode(parts[1]) else {
      throw .malformed("expected a public key like `\(Self.algorithm) BASE64 comment`")
    }
    try self.init(publicBytes: bytes, comment: parts.count == 3 ? String(parts[2]) : "")
  }

  package var description: String {
    let line = "\(Self.algorithm) \(Base64.encode(publicBytes))"
    return comment.isEmpty ? line : "\(line) \(comment)"
  }

  /// Whether `signature` (64 bytes, RFC 8032) over `message` was made by the Ed25519 half.
  package func isValid(signature: [UInt8], over message: [UInt8]) -> Bool {
    guard let key = try? Self.ed25519(publicBytes) else { return false }
    return key.isValidSignature(signature, for: message)
  }

  /// Whether `signature` (ECDSA with SHA-256, DER) over `message` was made by the P-256 half.
  func isValid(manifestSignature signature: [UInt8], over message: [UInt8]) -> Bool {
    guard let key = try? Self.p256(publicBytes),
      let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature)
    else { return false }
    return key.isValidSignature(signature, for: message)
  }

  /// The P-256 half as a PEM file, as `model_signing verify key --public_key` wants it.
  package var manifestPublicKeyPem: String { p256Pem }

  /// What a manifest's bundle calls the P-256 half: the SHA-256 of `manifestPublicKeyPem`, in hex.
  package var manifestHint: String {
    ContentDigest(of: Array(p256Pem.utf8)).hex
  }

  package static func == (left: VerifyingKey, right: VerifyingKey) -> Bool {
    left.publicBytes == right.publicBytes
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(publicBytes)
  }

  private static func ed25519(_ bytes: [UInt8]) throws -> Curve25519.Signing.PublicKey {
    try Curve25519.Signing.PublicKey(rawRepresentation: bytes.prefix(ed25519Length))
  }

  private static func p256(_ bytes: [UInt8]) throws -> P256.Signing.PublicKey {
    try P256.Signing.PublicKey(compressedRepresentation: bytes.suffix(p256Length))
  }

  /// RFC 7468 with lines of 64 characters and a final line end, byte for byte what OpenSSL writes.
  private static func pem(_ key: P256.Signing.PublicKey) -> String {
    let text = Array(key.derRepresentation.base64EncodedString().utf8)
    let lines = stride(from: 0, to: text.count, by: 64).map { start in
      String(decoding: text[start..<min(start + 64, text.count)], as: UTF8.self)
    }
    return (["-----BEGIN PUBLIC KEY-----"] + lines + ["-----END PUBLIC KEY-----", ""])
      .joined(separator: "\n")
  }
}

/// Whether `comment` fits behind a key on its line.
func isPrintableComment(_ comment: String) -> Bool {
  comment.utf8.count <= VerifyingKey.commentLengthMaxBytes
    && comment.utf8.allSatisfy { (0x20...0x7e).contains($0) }
}
