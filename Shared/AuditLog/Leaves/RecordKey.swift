import Crypto
import Foundation

/// Seals one record beside the log, and opens the commitment in its leaf.
package struct RecordKey: Sendable {
  package static let openingBytes = 32
  /// What whoever may read the record is given to check it against the leaf.
  package let opening: [UInt8]
  private let sealing: SymmetricKey

  init(material: [UInt8]) {
    opening = Array(material.prefix(Self.openingBytes))
    sealing = SymmetricKey(data: material.dropFirst(Self.openingBytes))
  }

  /// What the leaf says of `record`.
  package static func commitment(to record: [UInt8], opening: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: record, using: SymmetricKey(data: opening)))
  }

  /// Encrypted with ChaCha20-Poly1305; nonce, text and tag one after another.
  package func seal(_ record: [UInt8]) throws -> [UInt8] {
    Array(try ChaChaPoly.seal(record, using: sealing).combined)
  }

  /// Nil for bytes that this key did not seal.
  package func open(_ sealed: [UInt8]) -> [UInt8]? {
    guard let box = try? ChaChaPoly.SealedBox(combined: sealed) else { return nil }
    return (try? ChaChaPoly.open(box, using: sealing)).map { Array($0) }
  }
}
