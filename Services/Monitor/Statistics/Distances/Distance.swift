internal import Foundation

/// How far two distributions are apart. Each is 0 for equal ones.
package enum Distance {
  /// A share below this counts as this in ``populationStability(_:_:)``, which an empty bin would make
  /// infinite.
  package static let shareMin = 1e-4

  /// The area between the distribution functions, in the unit of the values, as SciPy's
  /// `wasserstein_distance`; `nil` if either is empty, infinite where the values span more than a number
  /// can hold.
  package static func wasserstein(_ one: Distribution, _ other: Distribution) -> Double? {
    guard one.count > 0, other.count > 0 else { return nil }
    let (n, m) = (Double(one.count), Double(other.count))
    var (area, height) = (0.0, 0.0)
    var previous: Double?
    Distribution.sweep(one, other) { value, i, j in
      if let previous, height > 0 { area += height * (value - previous) }
      height = abs(Double(i) / n - Double(j) / m)
      previous = value
    }
    return area
  }

  /// The population stability index over the same bins: the sum of `(q - p) ln(q / p)`, shares below
  /// ``shareMin`` taken as it; `nil` if either has no observations.
  package static func populationStability(_ one: [Int], _ other: [Int]) -> Double? {
    compare(one, other) { p, q in
      let (p, q) = (max(p, shareMin), max(q, shareMin))
      return (q - p) * log(q / p)
    }
  }

  /// The square root of the Jensen-Shannon divergence to base 2, from 0 to 1, as SciPy's `jensenshannon`.
  package static func jensenShannon(_ one: [Int], _ other: [Int]) -> Double? {
    let divergence = compare(one, other) { p, q in
      let middle = (p + q) / 2
      return (p > 0 ? p * log2(p / middle) : 0) + (q > 0 ? q * log2(q / middle) : 0)
    }
    return divergence.map { (max(0, $0) / 2).squareRoot() }
  }

  /// From 0 to 1.
  package static func hellinger(_ one: [Int], _ other: [Int]) -> Double? {
    let sum = compare(one, other) { p, q in
      let difference = p.squareRoot() - q.squareRoot()
      return difference * difference
    }
    return sum.map { ($0 / 2).squareRoot() }
  }

  /// The largest difference of a share.
  package static func lInfinity(_ one: [Int], _ other: [Int]) -> Double? {
    shares(one, other)?.reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  private static func compare(
    _ one: [Int], _ other: [Int], _ term: (Double, Double) -> Double
  ) -> Double? {
    shares(one, other)?.reduce(0) { $0 + term($1.0, $1.1) }
  }

  private static func shares(_ one: [Int], _ other: [Int]) -> [(Double, Double)]? {
    precondition(one.count == other.count, "both are counted in the same bins")
    let (n, m) = (Double(one.reduce(0, +)), Double(other.reduce(0, +)))
    guard n > 0, m > 0 else { return nil }
    return zip(one, other).map { (Double($0) / n, Double($1) / m) }
  }
}
