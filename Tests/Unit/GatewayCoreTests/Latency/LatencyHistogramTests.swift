import Testing

@testable import GatewayCore

@Suite struct LatencyHistogramTests {
  @Test("every value is in the bucket that ends at or above it, within 1/32")
  func bucketsHoldTheirValues() {
    var previous = -1
    for exponent in 0..<41 {
      for offset in [0, 1, 2, 31, 32, 33] as [Int64] {
        let value = UInt64(max(0, (Int64(1) << Int64(exponent)) + offset - 2))
        let bucket = LatencyHistogram.bucket(of: value)
        let end = LatencyHistogram.upperBound(of: bucket)
        #expect(value <= end)
        #expect(Double(end - value) <= Double(value) / 32)
        #expect(LatencyHistogram.bucket(of: end) == bucket)
        #expect(LatencyHistogram.bucket(of: end + 1) == min(bucket + 1, 1_183))
      }
      let bucket = LatencyHistogram.bucket(of: 1 << UInt64(exponent))
      #expect(bucket > previous)
      previous = bucket
    }
  }

  @Test("quantiles are those of the sorted values, within 3.2 %", arguments: UInt64(0)..<10)
  func quantiles(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var values: [Int64] = []
    var histogram = LatencyHistogram()
    for _ in 0..<5_000 {
      let scale = Int64(1) << Int64.random(in: 0...36, using: &random)
      let value = Int64.random(in: 0...scale, using: &random)
      values.append(value)
      histogram.record(nanoseconds: value)
    }
    values.sort()
    for fraction in [0.01, 0.5, 0.9, 0.99, 1] {
      let exact = Double(values[max(0, Int((5_000 * fraction).rounded(.up)) - 1)])
      let found = Double(histogram.quantile(fraction))
      #expect(found >= exact && found <= exact * 1.032 + 1, "seed \(seed), \(fraction)")
    }
    #expect(histogram.total == 5_000)
    #expect(histogram.sumNanoseconds == UInt64(values.reduce(0, +)))
  }

  @Test("merged copies are as one", arguments: UInt64(0)..<5)
  func merge(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var whole = LatencyHistogram()
    var parts = [LatencyHistogram](repeating: LatencyHistogram(), count: 4)
    for _ in 0..<1_000 {
      let value = Int64.random(in: -5...10_000_000_000_000, using: &random)
      whole.record(nanoseconds: value)
      parts[Int.random(in: 0..<3, using: &random)].record(nanoseconds: value)
    }
    var merged = LatencyHistogram()
    for part in parts { merged.merge(part) }
    #expect(merged == whole, "seed \(seed)")
    #expect(merged.count(atMostNanoseconds: .max) == 1_000)
  }

  @Test("an empty one answers zero")
  func empty() {
    #expect(LatencyHistogram().quantile(0.5) == 0)
    #expect(LatencyHistogram().count(atMostNanoseconds: 1) == 0)
  }

  @Test("cumulative counts grow with the bound and split where values lie")
  func cumulative() {
    var histogram = LatencyHistogram()
    for milliseconds in [1, 2, 5, 10, 100] as [Int64] {
      histogram.record(nanoseconds: milliseconds * 1_000_000)
    }
    let counts = [0, 3, 20, 1_000].map { histogram.count(atMostNanoseconds: $0 * 1_000_000) }
    #expect(counts == [0, 2, 4, 5])
  }
}
