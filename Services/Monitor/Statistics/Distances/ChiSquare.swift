internal import Foundation

/// Pearson's chi-square test of two rows of counts, as SciPy's `chi2_contingency` without correction.
/// Columns that are empty in both are left out.
package struct ChiSquare: Sendable, Hashable {
  package let statistic: Double
  package let degreesOfFreedom: Int
  package let pValue: Double

  /// `nil` if either row is empty.
  package init?(_ one: [Int], _ other: [Int]) {
    precondition(one.count == other.count, "both are counted in the same bins")
    let (n, m) = (Double(one.reduce(0, +)), Double(other.reduce(0, +)))
    guard n > 0, m > 0 else { return nil }
    var (sum, columns) = (0.0, 0)
    for (a, b) in zip(one, other) where a + b > 0 {
      columns += 1
      let column = Double(a + b)
      for (observed, row) in [(Double(a), n), (Double(b), m)] {
        let expected = column * (row / (n + m))
        sum += (observed - expected) * (observed - expected) / expected
      }
    }
    statistic = sum
    degreesOfFreedom = columns - 1
    pValue = columns == 1 ? 1 : Self.upperTail(sum, degreesOfFreedom: columns - 1)
  }

  /// The chi-square distribution's upper tail, by its finite series: the degrees of freedom are whole.
  static func upperTail(_ statistic: Double, degreesOfFreedom: Int) -> Double {
    let x = statistic / 2
    guard x > 0 else { return 1 }
    let isOdd = !degreesOfFreedom.isMultiple(of: 2)
    // Terms are kept as logarithms: with many degrees of freedom they overflow.
    var logTerm = isOdd ? -x + 0.5 * log(x) - log(Double.pi.squareRoot() / 2) : -x
    var sum = isOdd ? erfc(x.squareRoot()) : 0
    for k in 0..<(degreesOfFreedom / 2) {
      sum += exp(logTerm)
      logTerm += log(x) - log(Double(k + 1) + (isOdd ? 0.5 : 0))
    }
    return min(1, sum)
  }
}
