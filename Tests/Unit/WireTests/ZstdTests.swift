import RPCTestKit
import Testing
import Wire

@Suite struct ZstdTests {
  private let compressor: ZstdCompressor
  private let decompressor: ZstdDecompressor

  init() throws {
    compressor = try #require(ZstdCompressor())
    decompressor = try #require(ZstdDecompressor())
  }

  private func compressed(_ bytes: [UInt8]) -> [UInt8]? {
    bytes.withRawSpan { compressor.compress($0) }
  }

  private func inflated(_ bytes: [UInt8], byteCount: Int) throws -> [UInt8] {
    try bytes.withRawSpan { body throws(WireError) in
      try decompressor.decompress(body, byteCount: byteCount) { $0.array() }
    }
  }

  @Test(arguments: [1024, 1025, 4096, 65_536, 1_048_576])
  func `text comes back as it was, from one context again and again`(byteCount: Int) throws {
    let text = (0..<byteCount).map { UInt8(truncatingIfNeeded: 97 + $0 % 23 + $0 / 777 % 3) }
    for _ in 0..<3 {
      let small = try #require(compressed(text))
      #expect(small.count <= byteCount - byteCount / 8)
      #expect(try inflated(small, byteCount: byteCount) == text)
    }
  }

  @Test func `what does not get an eighth smaller is not compressed`() {
    var chance = Chance(seed: 1)
    #expect(compressed(chance.bytes(4096...4096)) == nil)
  }

  @Test(arguments: [0, 1, 4095, 4097, 1_048_576])
  func `a frame that declares another size is refused before it is inflated`(declared: Int) throws {
    let small = try #require(compressed([UInt8](repeating: 5, count: 4096)))
    #expect(throws: WireError.self) { try inflated(small, byteCount: declared) }
    #expect(try inflated(small, byteCount: 4096).count == 4096)
  }

  @Test func `a bomb that declares little and inflates to much stops at what it declared`() throws {
    // The frame's own content size, one byte at offset 5 (single segment), is made to lie.
    let bomb = try #require(compressed([UInt8](repeating: 0, count: 200_000)))
    for lie in [16, 100, 1000] {
      var bytes = bomb
      // Descriptor with a content size of 4 bytes: write the lie there.
      bytes[4] = (bytes[4] & 0x3F) | 0x80
      for index in 0..<4 { bytes[5 + index] = UInt8(truncatingIfNeeded: lie >> (8 * index)) }
      #expect(throws: WireError.self) { try inflated(bytes, byteCount: lie) }
    }
  }

  @Test func `every byte changed and every cut is refused or gives the size that was said`() throws
  {
    let text = (0..<3000).map { UInt8(truncatingIfNeeded: $0 % 7 * ($0 / 100)) }
    let small = try #require(compressed(text))
    for cut in 0..<small.count {
      #expect(throws: WireError.self) { try inflated(Array(small[..<cut]), byteCount: 3000) }
    }
    for index in small.indices {
      var bytes = small
      bytes[index] ^= 0x41
      if let result = try? inflated(bytes, byteCount: 3000) { #expect(result.count == 3000) }
    }
  }

  @Test func `bytes behind the frame are refused`() throws {
    let small = try #require(compressed([UInt8](repeating: 5, count: 4096)))
    #expect(throws: WireError.self) { try inflated(small + [0], byteCount: 4096) }
    let empty = try #require(compressed([UInt8](repeating: 9, count: 64)))
    #expect(throws: WireError.self) { try inflated(small + empty, byteCount: 4096) }
    #expect(throws: WireError.self) {
      try inflated([0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0], byteCount: 0)
    }
  }
}
