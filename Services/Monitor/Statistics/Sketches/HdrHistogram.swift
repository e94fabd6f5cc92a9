/// Times in buckets of at most 1/128 of their lower bound (two significant digits, as an HdrHistogram's),
/// from 1 ns to 36 minutes; longer ones count as the longest. Merging is exact.
package struct HdrHistogram: Sendable, Hashable {
  private static let precisionBits = 7
  private static let valueBitsMax = 41
  private static let bucketCount = (valueBitsMax - precisionBits + 1) << precisionBits
  /// Of a quantile.
  package static let relativeErrorMax = 1.0 / 128

  private var counts = [UInt32](repeating: 0, count: bucketCount)
  package private(set) var count = 0
  package private(set) var largest: Int64 = 0

  package init() {}

  package mutating func record(_ nanoseconds: Int64) {
    let bucket = Self.bucket(of: UInt64(max(0, nanoseconds)))
    counts[bucket] &+= 1
    count += 1
    largest = max(largest, nanoseconds)
  }

  package mutating func merge(_ other: HdrHistogram) {
    for index in counts.indices { counts[index] &+= other.counts[index] }
    count += other.count
    largest = max(largest, other.largest)
  }

  /// The time that `fraction` of the recorded ones did not exceed; 0 if there are none.
  package func quantile(_ fraction: Double) -> Int64 {
    guard count > 0 else { return 0 }
    let rank = max(1, Int((Double(count) * min(max(fraction, 0), 1)).rounded(.up)))
    var seen = 0
    for (bucket, count) in counts.enumerated() {
      seen += Int(count)
      if seen >= rank { return min(largest, Int64(Self.upperBound(of: bucket))) }
    }
    return largest
  }

  static func bucket(of value: UInt64) -> Int {
    let capped = min(value, (1 << UInt64(valueBitsMax)) - 1)
    guard capped >= 1 << UInt64(precisionBits) else { return Int(capped) }
    let shift = UInt64.bitWidth - 1 - capped.leadingZeroBitCount - precisionBits
    let position = Int(capped >> UInt64(shift)) - (1 << precisionBits)
    return ((shift + 1) << precisionBits) + position
  }

  static func upperBound(of bucket: Int) -> UInt64 {
    let row = bucket >> precisionBits
    guard row > 0 else { return UInt64(bucket) }
    let position = UInt64(bucket & ((1 << precisionBits) - 1)) + (1 << UInt64(precisionBits))
    return ((position + 1) << UInt64(row - 1)) - 1
  }
}
