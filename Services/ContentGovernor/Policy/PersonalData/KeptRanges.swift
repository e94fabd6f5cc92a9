/// Ranges without overlaps, the first come kept.
struct KeptRanges {
  private var ranges: [Range<Int>] = []

  /// False if it overlaps one that was kept.
  mutating func keep(_ range: Range<Int>) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].lowerBound < range.lowerBound { low = middle + 1 } else { high = middle }
    }
    if low > 0, ranges[low - 1].upperBound > range.lowerBound { return false }
    if low < ranges.count, ranges[low].lowerBound < range.upperBound { return false }
    ranges.insert(range, at: low)
    return true
  }
}
