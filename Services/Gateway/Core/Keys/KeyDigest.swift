import Crypto

/// What is kept of a key: HMAC-SHA-256 of its text under the server's pepper.
///
/// Keys are 256 random bits, so that no slow hash is needed; the pepper makes a stolen database useless
/// by itself. 32 bytes.
struct KeyDigest: Sendable, Hashable {
  let bytes: [UInt8]

  init(of text: some Sequence<UInt8>, pepper: Pepper) {
    let code = HMAC<SHA256>.authenticationCode(for: Array(text), using: pepper.key)
    bytes = Array(code)
  }

  /// - Returns: `nil` unless there are 32 bytes.
  init?(bytes: [UInt8]) {
    guard bytes.count == SHA256.byteCount else { return nil }
    self.bytes = bytes
  }
}
