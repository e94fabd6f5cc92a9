import Contracts
import RPC
import Testing

struct RoundTripTests {
  @Test func `every message type has a random maker`() {
    #expect(randomTypes.count == EveryMessage.types.count)
    #expect(randomTypes.count > 80)
  }

  @Test(arguments: randomTypes.indices)
  func `a random message is the same after a round trip`(index: Int) throws {
    let (name, type) = randomTypes[index]
    for seed in 0..<100 { try expectRoundTrip(of: type, name, seed: UInt64(seed)) }
  }

  @Test func `big byte arrays survive, more of them than are pinned`() throws {
    let arrays = (0..<100).map { [UInt8](repeating: UInt8($0), count: 4096 + $0) }
    let response = Inference.ModelInferResponse(rawOutputContents: arrays)
    #expect(try Inference.ModelInferResponse(decoding: response.encodedBytes()) == response)
  }

  @Test func `an empty message is no bytes`() throws {
    for (name, type) in EveryMessage.types {
      let empty = try type.init(decoding: [])
      #expect(empty.encodedBytes().isEmpty, "\(name)")
    }
  }

  private func expectRoundTrip<Message: RandomMessage>(
    of type: Message.Type, _ name: String, seed: UInt64
  ) throws {
    var chance = Chance(seed: seed)
    let message = Message.random(from: &chance)
    let decoded = try Message(
      decoding: message.encodedBytes(), limits: DecodeLimits(memoryBytesMax: 1 << 20))
    #expect(decoded == message, "\(name), seed \(seed)")
  }
}
