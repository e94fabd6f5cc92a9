import Crypto

/// The server's part of every key's hash. Whoever loses it must make all keys anew.
package struct Pepper: Sendable {
  let key: SymmetricKey

  package static let byteCount = 32

  /// - Returns: `nil` unless there are ``byteCount`` bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    key = SymmetricKey(data: bytes)
  }
}
