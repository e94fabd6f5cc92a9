import Contracts
import RPC
import Testing

struct HostileBytesTests {
  @Test(arguments: randomTypes.indices)
  func `a message cut at any byte is refused or shorter, never a crash`(index: Int) {
    for seed in 0..<8 {
      var chance = Chance(seed: UInt64(seed))
      let bytes = randomTypes[index].type.random(from: &chance).encodedBytes().prefix(600)
      for count in bytes.indices { EveryMessage.fuzzDecode(Array(bytes[..<count]), as: index) }
    }
  }

  @Test(arguments: randomTypes.indices)
  func `a message with changed bytes is refused or another, never a crash`(index: Int) {
    var chance = Chance(seed: 5)
    for _ in 0..<200 {
      var bytes = Array(randomTypes[index].type.random(from: &chance).encodedBytes().prefix(600))
      guard !bytes.isEmpty else { continue }
      for _ in 0..<3 {
        bytes[Int.random(in: bytes.indices, using: &chance)] = .random(in: 0...255, using: &chance)
      }
      EveryMessage.fuzzDecode(bytes, as: index)
    }
  }

  @Test func `any bytes may be fed to the fuzz entry`() {
    var chance = Chance(seed: 6)
    for _ in 0..<5000 {
      let bytes = chance.bytes()
      // Every byte of an array of UInt8 is initialised.
      EveryMessage.fuzzDecode(unsafe bytes.span.bytes)
    }
  }

  @Test(
    arguments: [
      [0x0A], [0x0A, 0x05, 0x61], [0x00], [0x0B], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x08, 0x01],
    ] as [[UInt8]])
  func `bytes that are no message are malformed`(bytes: [UInt8]) {
    #expect(throws: DecodeError.malformed(message: "slipway.registry.v1.Alias")) {
      try Registry.Alias(decoding: bytes)
    }
  }
}
