import Contracts
import RPC
import Testing

struct BudgetTests {
  @Test func `200 kB of empty sub-messages are refused`() {
    let bytes = [UInt8](repeating: [0x0A, 0x00], times: 100_000)
    let limits = DecodeLimits.forBody(byteCount: bytes.count)
    #expect(
      throws: DecodeError.overBudget(
        message: "slipway.registry.v1.ListModelsResponse", bytesMax: limits.memoryBytesMax)
    ) {
      try Registry.ListModelsResponse(decoding: bytes)
    }
  }

  @Test func `unknown fields count against the budget`() {
    let bytes = [UInt8](repeating: [0xF8, 0x07, 0x01], times: 100_000)
    #expect(throws: DecodeError.self) { try Registry.Alias(decoding: bytes) }
  }

  @Test func `an honest message of 1 MiB of bytes is within the usual budget`() throws {
    let chunk = Registry.GetChunkResponse(content: [UInt8](repeating: 7, count: 1 << 20))
    #expect(try Registry.GetChunkResponse(decoding: chunk.encodedBytes()) == chunk)
  }

  @Test func `packed numbers in the usual budget`() throws {
    let contents = Inference.InferTensorContents(
      intContents: [Int32](repeating: 30_000, count: 100_000),
      fp32Contents: (0..<100_000).map { Float($0) })
    #expect(try Inference.InferTensorContents(decoding: contents.encodedBytes()) == contents)
  }

  @Test func `the budget is exact: a byte less is refused`() throws {
    let message = Registry.GetChunkResponse(content: [UInt8](repeating: 7, count: 10_000))
    let bytes = message.encodedBytes()
    let needed = try #require(
      (0..<20_000).first { budget in
        (try? Registry.GetChunkResponse(
          decoding: bytes, limits: DecodeLimits(memoryBytesMax: budget))) != nil
      })
    #expect(needed > 10_000 && needed < 10_200)
  }

  @Test(arguments: randomTypes.indices)
  func `a budget that ends anywhere is refused, never a crash`(index: Int) throws {
    let (name, type) = randomTypes[index]
    for seed in 0..<4 {
      var chance = Chance(seed: UInt64(seed))
      let bytes = type.random(from: &chance).encodedBytes()
      for budget in stride(from: 0, to: 6000, by: 24) {
        let limits = DecodeLimits(memoryBytesMax: budget)
        do {
          _ = try type.init(decoding: bytes, limits: limits)
        } catch .overBudget(_, let bytesMax) {
          #expect(bytesMax == budget)
        } catch {
          Issue.record("\(name), seed \(seed), budget \(budget): \(error)")
        }
        // Twice in a row, so that protobuf-c replaces, appends and merges until the budget ends.
        _ = try? type.init(decoding: bytes + bytes, limits: limits)
      }
    }
  }

  @Test func `a field that occurs twice: the last value wins, lists are joined`() throws {
    let first = Registry.Model(name: "a", aliases: [.init(name: "x", version: 1)])
    let second = Registry.Model(name: "b", aliases: [.init(name: "y", version: 2)])
    let decoded = try Registry.Model(decoding: first.encodedBytes() + second.encodedBytes())
    #expect(decoded == Registry.Model(name: "b", aliases: first.aliases + second.aliases))
  }

  @Test func `with no budget at all everything is refused`() {
    #expect(throws: DecodeError.overBudget(message: "slipway.registry.v1.Alias", bytesMax: 0)) {
      try Registry.Alias(decoding: [], limits: DecodeLimits(memoryBytesMax: 0))
    }
  }
}

extension [UInt8] {
  fileprivate init(repeating pattern: [UInt8], times: Int) {
    self = (0..<times).flatMap { _ in pattern }
  }
}
