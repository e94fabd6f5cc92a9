/// A measured number with the interval that holds the true one in 95 of 100 cases.
package struct Estimate: Sendable, Hashable {
  package let value: Double
  package let low: Double
  package let high: Double

  /// Of the standard normal distribution, two-sided 95 %.
  static let z = 1.959963984540054

  package init(_ value: Double, low: Double, high: Double) {
    self.value = value
    self.low = low
    self.high = high
  }

  /// A share of independent trials, with Wilson's interval; `nil` where there were none.
  static func share(_ successes: Int, of trials: Int) -> Estimate? {
    guard trials > 0 else { return nil }
    let (n, p) = (Double(trials), Double(successes) / Double(trials))
    let center = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return Estimate(p, low: max(0, center - half), high: min(1, center + half))
  }

  /// A mean of independent terms, with the normal interval; `nil` where there are none.
  static func mean(_ terms: [Double]) -> Estimate? {
    guard !terms.isEmpty else { return nil }
    let n = Double(terms.count)
    let mean = terms.reduce(0, +) / n
    let squares = terms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let half = terms.count > 1 ? z * (squares / (n - 1) / n).squareRoot() : .infinity
    return Estimate(mean, low: mean - half, high: mean + half)
  }
}
