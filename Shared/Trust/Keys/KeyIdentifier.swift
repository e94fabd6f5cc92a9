/// Names a key: the SHA-256 digest of its public bytes, written as 64 lower-case hexadecimal digits.
package struct KeyIdentifier: Hashable, Sendable, CustomStringConvertible {
  private let digest: ContentDigest

  init(publicBytes: [UInt8]) {
    digest = ContentDigest(of: publicBytes)
  }

  /// Reads 64 lower-case hexadecimal digits.
  package init?(_ text: String) {
    guard let digest = ContentDigest(hex: text) else { return nil }
    self.digest = digest
  }

  package var description: String { digest.hex }

  /// The first 12 digits, for tables that people read; not unique enough to decide on.
  package var short: String { String(digest.hex.prefix(12)) }
}
