internal import Foundation

/// The two-sample Kolmogorov-Smirnov test, two-sided.
package struct KolmogorovSmirnov: Sendable, Hashable {
  /// The largest distance between the two distribution functions.
  package let statistic: Double
  /// How likely so large a distance is where both come from one distribution.
  package let pValue: Double

  /// Up to so many pairs of observations the p-value is exact, as SciPy's `ks_2samp(method="exact")`.
  /// Above, it is the limit's, as SciPy's `special.kolmogorov` at `sqrt(n m / (n + m))` times the statistic:
  /// from 2,000 observations on each side the two differ by less than 0.02.
  package static let exactPairsMax = 4_000_000

  /// `nil` if either is empty.
  package init?(_ one: Distribution, _ other: Distribution) {
    guard one.count > 0, other.count > 0 else { return nil }
    let (n, m) = (Double(one.count), Double(other.count))
    var largest = 0.0
    Distribution.sweep(one, other) { _, i, j in
      largest = max(largest, abs(Double(i) / n - Double(j) / m))
    }
    statistic = largest
    let (pairs, overflow) = one.count.multipliedReportingOverflow(by: other.count)
    pValue =
      !overflow && pairs <= Self.exactPairsMax
      ? Self.exactPValue(largest, one.count, other.count)
      : Self.limitPValue(largest * (n * m / (n + m)).squareRoot())
  }

  /// The share of the paths through the lattice that leave the band which the statistic allows (Hodges,
  /// 1958), carried as a probability at each node so that nothing overflows.
  static func exactPValue(_ statistic: Double, _ one: Int, _ other: Int) -> Double {
    let (m, n) = (max(one, other), min(one, other))
    let divisor = greatestCommonDivisor(m, n)
    let (mStep, nStep) = (m / divisor, n / divisor)
    let band = Int((statistic * Double(m * nStep)).rounded())
    guard band > 0 else { return 1 }
    // At column i: the share of paths to node (i, j) that have been outside.
    var outside = [Double](repeating: 1, count: n + 1)
    for j in 0...n where j * mStep < band { outside[j] = 0 }
    for i in 1...m {
      let low = max(0, floorDivide(i * nStep - band, mStep) + 1)
      let high = min(n, -floorDivide(-(i * nStep + band), mStep) - 1)
      guard low <= high else { return 1 }
      if low > 0 { outside[low - 1] = 1 }
      let x = Double(i)
      for j in low...high {
        let below = j == 0 ? 0 : outside[j - 1] * Double(j)
        outside[j] = (outside[j] * x + below) / (x + Double(j))
      }
    }
    return min(1, max(0, outside[n]))
  }

  /// The Kolmogorov distribution's upper tail.
  static func limitPValue(_ y: Double) -> Double {
    guard y > 0 else { return 1 }
    guard y > 1.1 else {
      // The series in its other form converges fast where y is small.
      let scale = -(Double.pi * Double.pi) / (8 * y * y)
      let sum = stride(from: 1.0, through: 19, by: 2).reduce(0) { $0 + exp($1 * $1 * scale) }
      return min(1, max(0, 1 - (2 * Double.pi).squareRoot() / y * sum))
    }
    var (sum, sign) = (0.0, 1.0)
    for k in 1...20 {
      sum += sign * exp(-2 * Double(k * k) * y * y)
      sign = -sign
    }
    return min(1, max(0, 2 * sum))
  }

  private static func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
    var (a, b) = (one, other)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  private static func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
    let quotient = dividend / divisor
    return dividend % divisor < 0 ? quotient - 1 : quotient
  }
}
