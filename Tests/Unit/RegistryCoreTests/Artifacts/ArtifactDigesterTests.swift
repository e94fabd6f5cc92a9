import Testing
import Trust

@testable import RegistryCore

struct ArtifactDigesterTests {
  private static let block = ArtifactDigester.blockBytes

  @Test(arguments: [0, 1, block - 1, block, block + 1, 2 * block + 7])
  func digestsTheWholeAndEachBlockHoweverItIsCut(_ count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    let blocks = stride(from: 0, to: count, by: Self.block).flatMap { start in
      ContentDigest(of: Array(bytes[start..<min(start + Self.block, count)])).bytes
    }
    for cut in [1000, 65_537, Self.block, 3 * Self.block] {
      var digester = ArtifactDigester()
      for start in stride(from: 0, to: count, by: cut) {
        digester.append(bytes[start..<min(start + cut, count)])
      }
      #expect(digester.byteCount == UInt64(count))
      let (digest, blockDigests) = digester.finish()
      #expect(digest == ContentDigest(of: bytes))
      #expect(blockDigests == blocks)
    }
  }
}
