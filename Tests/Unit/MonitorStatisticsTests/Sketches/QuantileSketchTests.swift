import Testing

@testable import MonitorStatistics

struct QuantileSketchTests {
  private static let count = 200_000

  private static func streams(seed: UInt64) -> [(name: String, values: [Double])] {
    var random = SeededRandom(seed: seed)
    let normal = random.normals(count)
    return [
      ("normal", normal), ("ascending", normal.sorted()), ("descending", normal.sorted(by: >)),
      ("ties", normal.map { ($0 * 3).rounded() }),
    ]
  }

  private static func largestRankError(_ sketch: QuantileSketch, of values: [Double]) -> Double {
    let exact = Distribution(values)
    let found = sketch.distribution
    return stride(from: 0.001, to: 1, by: 0.001).reduce(0) { worst, fraction in
      guard let point = exact.quantile(fraction) else { return worst }
      let error = Double(abs(found.rank(of: point) - exact.rank(of: point)))
      return max(worst, error / Double(values.count))
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `ranks are within the stated error, whatever the order`(seed: UInt64) {
    for (name, values) in Self.streams(seed: seed) {
      var sketch = QuantileSketch(seed: seed)
      for value in values { sketch.add(value) }
      let error = Self.largestRankError(sketch, of: values)
      #expect(error <= QuantileSketch.rankErrorMax, "\(name), seed \(seed): \(error)")
      #expect(sketch.distribution.count == values.count)
      #expect(sketch.byteCount <= 64 << 10)
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `merged sketches are within the stated error, in either order`(seed: UInt64) {
    for (name, values) in Self.streams(seed: seed) {
      let parts = (0..<37).map { part in
        var sketch = QuantileSketch(seed: seed &+ UInt64(part))
        for index in stride(from: part, to: values.count, by: 37) { sketch.add(values[index]) }
        return sketch
      }
      for order in [parts, parts.reversed()] {
        var merged = QuantileSketch(seed: seed)
        for part in order { merged.merge(part) }
        let error = Self.largestRankError(merged, of: values)
        #expect(error <= QuantileSketch.rankErrorMax, "\(name), seed \(seed): \(error)")
        #expect(merged.distribution.count == values.count)
        #expect(merged.byteCount <= 64 << 10)
      }
    }
  }

  @Test func `few values are kept as they are`() {
    var sketch = QuantileSketch()
    let values = (0..<(QuantileSketch.size - 1)).map { Double($0 * 7 % 1000) }
    for value in values { sketch.add(value) }
    #expect(sketch.distribution == Distribution(values))
  }

  @Test func `a test sees through a sketch what it sees in the values, within the stated error`()
    throws
  {
    var random = SeededRandom(seed: 5)
    let (one, other) = (random.normals(Self.count), random.normals(Self.count, 0.1))
    var (first, second) = (QuantileSketch(seed: 1), QuantileSketch(seed: 2))
    for value in one { first.add(value) }
    for value in other { second.add(value) }
    let exact = try #require(KolmogorovSmirnov(Distribution(one), Distribution(other)))
    let seen = try #require(KolmogorovSmirnov(first.distribution, second.distribution))
    #expect(abs(exact.statistic - seen.statistic) <= 2 * QuantileSketch.rankErrorMax)
  }
}
