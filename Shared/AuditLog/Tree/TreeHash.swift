import Crypto

/// A hash of the Merkle tree: SHA-256, as RFC 9162 (section 2.1) uses it.
///
/// Held in four words, so that a tree of millions of leaves is no million of arrays.
package struct TreeHash: Hashable, Sendable {
  package static let lengthBytes = 32

  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// Reads 32 bytes; nil of any other number.
  package init?(bytes: ArraySlice<UInt8>) {
    guard bytes.count == Self.lengthBytes else { return nil }
    self.init(bytes)
  }

  package init?(bytes: [UInt8]) {
    self.init(bytes: bytes[...])
  }

  init(_ digest: SHA256.Digest) {
    self.init(Array(digest)[...])
  }

  private init(_ bytes: ArraySlice<UInt8>) {
    func word(_ index: Int) -> UInt64 {
      let start = bytes.startIndex + 8 * index
      var word: UInt64 = 0
      for place in start..<start + 8 { word = word << 8 | UInt64(bytes[place]) }
      return word
    }
    words = (word(0), word(1), word(2), word(3))
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.lengthBytes)
    append(to: &bytes)
    return bytes
  }

  package func append(to bytes: inout [UInt8]) {
    for word in [words.0, words.1, words.2, words.3] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
  }

  package static func == (one: TreeHash, other: TreeHash) -> Bool {
    one.words == other.words
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
  }
}

extension TreeHash {
  /// The hash of a tree without leaves.
  package static let empty = TreeHash(SHA256.hash(data: [UInt8]()))

  /// The hash of a leaf that holds `entry`.
  package static func leaf(_ entry: [UInt8]) -> TreeHash {
    leaf(entry[...])
  }

  package static func leaf(_ entry: ArraySlice<UInt8>) -> TreeHash {
    var hasher = SHA256()
    hasher.update(data: Self.leafPrefix)
    hasher.update(data: entry)
    return TreeHash(hasher.finalize())
  }

  /// The hash of a node over two subtrees.
  package static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1 + 2 * lengthBytes)
    bytes.append(1)
    left.append(to: &bytes)
    right.append(to: &bytes)
    return TreeHash(SHA256.hash(data: bytes))
  }

  private static let leafPrefix: [UInt8] = [0]
}

extension TreeHash: CustomStringConvertible {
  /// Base64, as checkpoints and proofs write it.
  package var description: String { Base64Text.encode(bytes) }

  package init?(base64 text: some StringProtocol) {
    guard let bytes = Base64Text.decode(text) else { return nil }
    self.init(bytes: bytes)
  }
}
