import Testing

@testable import MonitorStatistics

struct CountingSketchTests {
  @Test(arguments: [10, 1000, 5000, 12_000, 100_000, 1_000_000])
  func `different values are counted within four standard errors`(count: Int) {
    var sketch = DistinctSketch()
    for value in 0..<count { sketch.add(hash: StableHash.hash(Double(value) * 0.37)) }
    let error = abs(sketch.estimate - Double(count)) / Double(count)
    #expect(error <= 4 * DistinctSketch.standardError, "\(sketch.estimate)")
  }

  @Test func `merging distinct counts is exact, in whatever order and however split`() {
    var (whole, left, right) = (DistinctSketch(), DistinctSketch(), DistinctSketch())
    for value in 0..<20_000 {
      let hash = StableHash.hash("user \(value % 7000)".utf8)
      whole.add(hash: hash)
      if value.isMultiple(of: 3) { left.add(hash: hash) } else { right.add(hash: hash) }
    }
    var (one, other) = (left, right)
    one.merge(right)
    other.merge(left)
    #expect(one == whole)
    #expect(other == whole)
    #expect(DistinctSketch().estimate == 0)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `counts of categories are never too high, and too low by at most the stated error`(
    seed: UInt64
  ) {
    var random = SeededRandom(seed: seed)
    // A few frequent ones among very many.
    let names = (0..<60_000).map { _ in
      random.unit() < 0.4 ? "top \(random.below(20))" : "rare \(random.below(1_000_000))"
    }
    let exact = Dictionary(grouping: names, by: \.self).mapValues(\.count)
    var whole = TopCategories()
    var parts = [TopCategories](repeating: TopCategories(), count: 11)
    for (index, name) in names.enumerated() {
      whole.add(name)
      parts[index % 11].add(name)
    }
    var (forward, backward) = (TopCategories(), TopCategories())
    for part in parts { forward.merge(part) }
    for part in parts.reversed() { backward.merge(part) }
    for sketch in [whole, forward, backward] {
      #expect(sketch.count == names.count)
      #expect(sketch.top.count <= TopCategories.size)
      for (name, count) in exact {
        #expect(sketch[name] <= count, "\(name), seed \(seed)")
        #expect(sketch[name] >= count - sketch.errorMax, "\(name), seed \(seed)")
      }
    }
  }

  @Test func `long names are told apart by their ends`() {
    var sketch = TopCategories()
    let long = String(repeating: "é", count: 300)
    sketch.add(long + "a")
    sketch.add(long + "b")
    #expect(sketch.top.count == 2)
    #expect(sketch.top.allSatisfy { $0.name.utf8.count <= TopCategories.nameBytesMax })
    #expect(sketch[long + "a"] == 1)
  }

  @Test func `quantiles of times are within the stated error, and merging is exact`() {
    var random = SeededRandom(seed: 9)
    let times = (0..<50_000).map { _ in Int64(1000 * (1 / (1 - random.unit()))) }.sorted()
    var (whole, left, right) = (HdrHistogram(), HdrHistogram(), HdrHistogram())
    for (index, time) in times.enumerated() {
      whole.record(time)
      if index.isMultiple(of: 2) { left.record(time) } else { right.record(time) }
    }
    left.merge(right)
    #expect(left == whole)
    for fraction in [0.01, 0.5, 0.9, 0.99, 0.999, 1] {
      let exact = times[max(0, Int((Double(times.count) * fraction).rounded(.up)) - 1)]
      let error = abs(Double(whole.quantile(fraction) - exact)) / Double(exact)
      #expect(error <= HdrHistogram.relativeErrorMax, "\(fraction)")
    }
    #expect(HdrHistogram().quantile(0.5) == 0)
  }
}
