/// Numbers in ascending order, each with how many of the observations are at most it.
///
/// The exact form has one entry for each observation; a sketch gives one with fewer. NaN and infinities
/// are no part of it: they are counted beside it, as missing and as not finite.
package struct Distribution: Sendable, Hashable {
  package let values: [Double]
  /// Observations up to and including each value.
  let ranks: [Int]
  /// How many observations stand behind the values.
  package var count: Int { ranks.last ?? 0 }
  package var isEmpty: Bool { values.isEmpty }

  /// The exact form. What is not finite is left out.
  package init(_ observations: some Sequence<Double>) {
    values = observations.filter(\.isFinite).sorted()
    ranks = Array(1..<(values.count + 1))
  }

  /// - Parameter weighted: finite values in ascending order; how many observations each stands for, from 1.
  init(weighted: [(value: Double, weight: Int)]) {
    values = weighted.map(\.value)
    var sum = 0
    ranks = weighted.map {
      sum += $0.weight
      return sum
    }
  }

  /// The smallest value that at least `fraction` of the observations do not exceed, as NumPy's
  /// `inverted_cdf`; `nil` if there are none.
  package func quantile(_ fraction: Double) -> Double? {
    guard let last = values.last else { return nil }
    let rank = (Double(count) * min(max(fraction, 0), 1)).rounded(.up)
    let index = Self.firstIndex(in: ranks) { Double($0) >= rank }
    return index < values.count ? values[index] : last
  }

  /// How many observations are at most `value`.
  package func rank(of value: Double) -> Int {
    let index = Self.firstIndex(in: values) { $0 > value }
    return index == 0 ? 0 : ranks[index - 1]
  }

  /// Observations outside of `range`.
  package func count(outside range: ClosedRange<Double>) -> Int {
    let index = Self.firstIndex(in: values) { $0 >= range.lowerBound }
    let below = index == 0 ? 0 : ranks[index - 1]
    return below + count - rank(of: range.upperBound)
  }

  package var mean: Double? {
    guard count > 0 else { return nil }
    // Divided first, so that huge values do not overflow.
    let total = Double(count)
    var (sum, before) = (0.0, 0)
    for (value, rank) in zip(values, ranks) {
      sum += value * (Double(rank - before) / total)
      before = rank
    }
    return sum
  }

  /// Calls `visit` at each distinct value of either, in ascending order, with the shares of both that are
  /// at most it.
  static func sweep(
    _ one: Distribution, _ other: Distribution,
    _ visit: (_ value: Double, _ oneRank: Int, _ otherRank: Int) -> Void
  ) {
    var (i, j) = (0, 0)
    while i < one.values.count || j < other.values.count {
      let value: Double
      if i == one.values.count {
        value = other.values[j]
      } else if j == other.values.count {
        value = one.values[i]
      } else {
        value = min(one.values[i], other.values[j])
      }
      while i < one.values.count, one.values[i] <= value { i += 1 }
      while j < other.values.count, other.values[j] <= value { j += 1 }
      visit(value, i == 0 ? 0 : one.ranks[i - 1], j == 0 ? 0 : other.ranks[j - 1])
    }
  }

  /// The first index of a partitioned array whose element satisfies the predicate; its count if none does.
  static func firstIndex<Element>(
    in elements: [Element], where predicate: (Element) -> Bool
  ) -> Int {
    var (low, high) = (0, elements.count)
    while low < high {
      let middle = (low + high) / 2
      if predicate(elements[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
