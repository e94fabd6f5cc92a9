import Crypto
import Foundation
import Trust

/// Seals what is kept of one item: its contents, its findings, what people wrote about it.
///
/// It follows from the item's secret and those of everybody whom the item is about; what somebody wrote
/// about it needs theirs too. Destroying any one of them makes all of it unreadable; a backup of the whole
/// database that was made before still has them.
struct ContentKey: Sendable {
  static let secretBytes = 32
  private let sealing: SymmetricKey
  private let committing: SymmetricKey

  /// - Parameter others: in one order that never changes for the item.
  init(item: String, secret: [UInt8], others: [[UInt8]]) {
    let label = Array("slipway content key v1\n\(item)\n".utf8)
    let code = Array(
      HMAC<SHA512>.authenticationCode(
        for: others.reduce(label) { $0 + $1 }, using: SymmetricKey(data: secret)))
    sealing = SymmetricKey(data: code.prefix(32))
    committing = SymmetricKey(data: code.suffix(32))
  }

  static func newSecret() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// Encrypted with ChaCha20-Poly1305; nonce, text and tag one after another.
  ///
  /// - Parameter place: where it is kept: nothing opens in another's place.
  func seal(_ bytes: [UInt8], at place: String) throws -> [UInt8] {
    Array(
      try ChaChaPoly.seal(bytes, using: sealing, authenticating: Array(place.utf8)).combined)
  }

  /// Nil for bytes that this key did not seal for this place.
  func open(_ sealed: [UInt8], at place: String) -> [UInt8]? {
    guard let box = try? ChaChaPoly.SealedBox(combined: sealed) else { return nil }
    return (try? ChaChaPoly.open(box, using: sealing, authenticating: Array(place.utf8))).map {
      Array($0)
    }
  }

  func seal(of bound: BoundContent) -> ReviewSeal {
    ReviewSeal(
      bytes: Array(
        HMAC<SHA256>.authenticationCode(for: bound.canonicalBytes, using: committing)))
  }
}
