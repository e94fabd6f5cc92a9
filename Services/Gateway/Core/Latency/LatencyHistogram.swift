/// How long calls took, in buckets whose width is at most 1/32 of their lower bound, from 1 ns to 36
/// minutes; longer ones are counted as the longest.
///
/// Log-linear like HdrHistogram: recording is a shift and an addition, two histograms merge by adding,
/// and 1,184 counters (9 KiB) are allocated when the first call is recorded.
package struct LatencyHistogram: Sendable, Hashable {
  private var counts: [UInt64] = []
  package private(set) var total: UInt64 = 0
  /// Nanoseconds, added up; wraps after 584 years of work.
  package private(set) var sumNanoseconds: UInt64 = 0

  /// log2 of the buckets in each power of two.
  private static let precisionBits = 5
  /// Values have at most so many bits.
  private static let valueBitsMax = 41
  private static let bucketCount = (valueBitsMax - precisionBits + 1) << precisionBits

  package init() {}

  package mutating func record(nanoseconds: Int64) {
    if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
    let value = UInt64(max(0, nanoseconds))
    counts[Self.bucket(of: value)] &+= 1
    total &+= 1
    sumNanoseconds &+= value
  }

  package mutating func merge(_ other: LatencyHistogram) {
    guard !other.counts.isEmpty else { return }
    if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
    for index in counts.indices { counts[index] &+= other.counts[index] }
    total &+= other.total
    sumNanoseconds &+= other.sumNanoseconds
  }

  /// The value that `fraction` (0 … 1) of the calls did not exceed, in nanoseconds and within 3.2 %;
  /// 0 if there were none.
  package func quantile(_ fraction: Double) -> UInt64 {
    guard total > 0 else { return 0 }
    let rank = max(1, UInt64((Double(total) * min(max(fraction, 0), 1)).rounded(.up)))
    var seen: UInt64 = 0
    for (index, count) in counts.enumerated() {
      seen += count
      if seen >= rank { return Self.upperBound(of: index) }
    }
    return Self.upperBound(of: Self.bucketCount - 1)
  }

  /// How many calls took at most so long, for the cumulative buckets of a Prometheus histogram; a call
  /// within 3.2 % of the bound may be counted on its other side.
  package func count(atMostNanoseconds bound: UInt64) -> UInt64 {
    guard !counts.isEmpty else { return 0 }
    return counts[...Self.bucket(of: bound)].reduce(0, +)
  }

  /// The first 32 values have a bucket each; then each power of two has 32.
  static func bucket(of value: UInt64) -> Int {
    let capped = min(value, (1 << UInt64(valueBitsMax)) - 1)
    guard capped >= 1 << UInt64(precisionBits) else { return Int(capped) }
    let shift = UInt64.bitWidth - 1 - capped.leadingZeroBitCount - precisionBits
    let position = Int(capped >> UInt64(shift)) - (1 << precisionBits)
    return ((shift + 1) << precisionBits) + position
  }

  /// The largest value that is counted in the bucket.
  static func upperBound(of bucket: Int) -> UInt64 {
    let row = bucket >> precisionBits
    guard row > 0 else { return UInt64(bucket) }
    let position = UInt64(bucket & ((1 << precisionBits) - 1)) + (1 << UInt64(precisionBits))
    return ((position + 1) << UInt64(row - 1)) - 1
  }
}
