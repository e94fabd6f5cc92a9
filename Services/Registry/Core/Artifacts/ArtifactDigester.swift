import Crypto
import Foundation
import Trust

/// Computes the digest of a file and of each of its blocks in one pass.
///
/// The block digests let any part of the file be verified on its way out without reading the rest.
struct ArtifactDigester {
  /// The last block of a file may be shorter.
  static let blockBytes = 1024 * 1024
  static let digestBytes = SHA256.byteCount

  private var whole = SHA256()
  private var block = SHA256()
  private var blockFill = 0
  private var blockDigests: [UInt8] = []
  private(set) var byteCount: UInt64 = 0

  mutating func append(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while !rest.isEmpty {
      let part = rest.prefix(Self.blockBytes - blockFill)
      rest = rest.dropFirst(part.count)
      whole.update(data: part)
      block.update(data: part)
      blockFill += part.count
      byteCount += UInt64(part.count)
      if blockFill == Self.blockBytes { endBlock() }
    }
  }

  /// The digest of everything appended, and the digests of its blocks one after the other.
  consuming func finish() -> (digest: ContentDigest?, blockDigests: [UInt8]) {
    if blockFill > 0 { endBlock() }
    return (ContentDigest(bytes: Array(whole.finalize())), blockDigests)
  }

  private mutating func endBlock() {
    blockDigests.append(contentsOf: block.finalize())
    block = SHA256()
    blockFill = 0
  }
}
