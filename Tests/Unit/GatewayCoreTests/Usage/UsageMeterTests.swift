import Testing

@testable import GatewayCore

@Suite struct UsageMeterTests {
  @Test("nothing is lost or doubled between event loops and flushes", arguments: UInt64(0)..<10)
  func addsUp(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let meter = UsageMeter(stripeCount: 3)
    var expected: [UsageCell: UsageCount] = [:]
    var stored: [UsageCell: UsageCount] = [:]
    for _ in 0..<3_000 {
      let cell = UsageCell(
        keyID: "k\(Int.random(in: 0..<3, using: &random))",
        model: "m\(Int.random(in: 0..<4, using: &random))")
      let count = UsageCount(
        requests: 1, failures: .random(in: 0...1, using: &random), refused: 0,
        requestBytes: .random(in: 0...9_999, using: &random), responseBytes: 7,
        durationNanoseconds: .random(in: 0...1_000_000, using: &random))
      meter.add(count, to: cell, stripe: Int.random(in: 0..<5, using: &random))
      expected[cell, default: UsageCount()].add(count)
      switch Int.random(in: 0..<100, using: &random) {
      case 0: for (cell, count) in meter.take() { stored[cell, default: UsageCount()].add(count) }
      case 1: meter.giveBack(meter.take())
      default: break
      }
    }
    for (cell, count) in meter.take() { stored[cell, default: UsageCount()].add(count) }
    #expect(stored == expected, "seed \(seed)")
    #expect(meter.take().isEmpty)
  }

  @Test("more keys and models than fit are counted as lost, not kept")
  func bounded() {
    let meter = UsageMeter(stripeCount: 1)
    for number in 0..<(UsageMeter.cellsMax + 10) {
      meter.add(
        UsageCount(requests: 1), to: UsageCell(keyID: "k\(number)", model: "m"), stripe: 0)
    }
    #expect(meter.lostCount == 10)
    #expect(meter.take().count == UsageMeter.cellsMax)
  }
}
