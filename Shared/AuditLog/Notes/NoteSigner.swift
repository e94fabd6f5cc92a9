import Crypto

/// Signs notes under a name: a log its checkpoints, a witness those that it has checked.
package struct NoteSigner: Sendable {
  package let key: NoteKey
  private let privateKey: Curve25519.Signing.PrivateKey

  /// - Parameter seed: 32 bytes, the private key.
  package init(name: String, kind: NoteKey.Kind, seed: [UInt8]) throws(NoteError) {
    guard let privateKey = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw .malformed("expected a private key of 32 bytes, got \(seed.count)")
    }
    self.privateKey = privateKey
    key = try NoteKey(
      name: name, kind: kind, publicKey: Array(privateKey.publicKey.rawRepresentation))
  }

  /// A new private key.
  package static func newSeed() -> [UInt8] {
    Array(Curve25519.Signing.PrivateKey().rawRepresentation)
  }

  /// The name of a key that names itself: the prefix, and the beginning of the public key's digest.
  package static func name(prefix: String, seed: [UInt8]) throws(NoteError) -> String {
    guard let privateKey = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw .malformed("expected a private key of 32 bytes, got \(seed.count)")
    }
    let digest = SHA256.hash(data: privateKey.publicKey.rawRepresentation)
    return prefix + AuditLeaf.hexadecimal(Array(digest.prefix(8)))
  }

  /// - Parameter time: of a witness's signature, seconds since 1970.
  package func sign(_ text: String, time: UInt64 = 0) throws(NoteError) -> NoteSignature {
    let text = Array(text.utf8)
    let message = key.kind == .witness ? Cosignature.message(time: time, text) : text
    guard let signature = try? Array(privateKey.signature(for: message)) else {
      throw .malformed("the note could not be signed")
    }
    return NoteSignature(
      name: key.name, keyIdentifier: key.identifier,
      bytes: key.kind == .witness
        ? Cosignature(time: time, signature: signature).bytes : signature)
  }
}
