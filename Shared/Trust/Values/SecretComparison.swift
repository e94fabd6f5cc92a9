import Crypto

/// Comparison of secrets (key hashes, tokens, nonces) in a time that does not tell where they differ.
package enum SecretComparison {
  /// Whether both hold the same bytes. The time depends on their lengths only.
  ///
  /// Compares the SHA-256 digests, whose `==` swift-crypto documents as constant time.
  package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    SHA256.hash(data: left) == SHA256.hash(data: right)
  }
}
