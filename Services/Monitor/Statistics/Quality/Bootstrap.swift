/// Intervals of statistics that have no simple one: what they come to when the cases are drawn again.
enum Bootstrap {
  /// The percentile interval of 200 draws moves by about a tenth of its width from seed to seed.
  static let drawCount = 200
  /// Draws from more cases than this take time and tell no more.
  static let casesMax = 20_000

  /// - Parameters:
  ///   - count: of the cases.
  ///   - statistic: of the cases, each as often as its weight says; `nil` where it can't be had.
  static func estimate(
    count: Int, seed: UInt64 = 1, _ statistic: (_ weights: [Int]) -> Double?
  ) -> Estimate? {
    guard let value = statistic([Int](repeating: 1, count: count)) else { return nil }
    guard count > 1 else { return Estimate(value, low: value, high: value) }
    var random = SeededRandom(seed: seed)
    let drawn = min(count, casesMax)
    var values: [Double] = []
    for _ in 0..<drawCount {
      var weights = [Int](repeating: 0, count: count)
      for _ in 0..<drawn { weights[random.below(count)] += 1 }
      if let value = statistic(weights) { values.append(value) }
    }
    // Draws of a part of the cases spread wider than draws of all.
    let shrink = (Double(drawn) / Double(count)).squareRoot()
    let spread = Distribution(values.map { value + ($0 - value) * shrink })
    return Estimate(
      value, low: spread.quantile(0.025) ?? value, high: spread.quantile(0.975) ?? value)
  }
}
