import Crypto
import Foundation

/// A SHA-256 digest of some bytes: a file, a manifest, an evaluation report, a policy bundle.
///
/// Written as `sha256:` and 64 lower-case hexadecimal digits.
package struct ContentDigest: Hashable, Sendable, CustomStringConvertible {
  /// The 32 bytes of the digest.
  package let bytes: [UInt8]

  /// The digest of `content`, which is held in memory as a whole.
  package init(of content: [UInt8]) {
    bytes = [UInt8](SHA256.hash(data: content))
  }

  /// A digest computed elsewhere; nil unless there are exactly 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == SHA256.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Reads 64 lower-case hexadecimal digits.
  package init?(hex: some StringProtocol) {
    guard let bytes = Hexadecimal.decode(hex) else { return nil }
    self.init(bytes: bytes)
  }

  /// Reads `sha256:` and 64 lower-case hexadecimal digits.
  package init?(_ text: String) {
    guard text.hasPrefix("sha256:") else { return nil }
    self.init(hex: text.dropFirst("sha256:".count))
  }

  /// 64 lower-case hexadecimal digits.
  package var hex: String { Hexadecimal.encode(bytes) }

  package var description: String { "sha256:" + hex }
}
