/// Scores made probabilities: the non-decreasing function that fits the truth best in least squares (pool
/// adjacent violators), straight between its points and flat beyond them, as scikit-learn's
/// `IsotonicRegression(out_of_bounds="clip")`.
package struct IsotonicCalibration: Sendable, Hashable {
  private let scores: [Double]
  private let probabilities: [Double]

  /// `nil` without a finite score.
  package init?(_ cases: [(score: Double, actual: Bool)]) {
    let sorted = cases.filter(\.score.isFinite).sorted { $0.score < $1.score }
    guard !sorted.isEmpty else { return nil }
    // Equal scores are one point first, of their mean.
    var points: [(score: Double, sum: Double, weight: Double)] = []
    for one in sorted {
      if points.last?.score != one.score { points.append((one.score, 0, 0)) }
      points[points.count - 1].sum += one.actual ? 1 : 0
      points[points.count - 1].weight += 1
    }
    var blocks: [(sum: Double, weight: Double, count: Int)] = []
    for point in points {
      blocks.append((point.sum, point.weight, 1))
      while blocks.count > 1 {
        let (one, next) = (blocks[blocks.count - 2], blocks[blocks.count - 1])
        guard one.sum * next.weight >= next.sum * one.weight else { break }
        blocks.removeLast(2)
        blocks.append((one.sum + next.sum, one.weight + next.weight, one.count + next.count))
      }
    }
    scores = points.map(\.score)
    probabilities = blocks.flatMap { block in
      [Double](repeating: block.sum / block.weight, count: block.count)
    }
  }

  package func probability(_ score: Double) -> Double {
    let index = Distribution.firstIndex(in: scores) { $0 >= score }
    if index == scores.count { return probabilities[index - 1] }
    if index == 0 || scores[index] == score { return probabilities[index] }
    let share = (score - scores[index - 1]) / (scores[index] - scores[index - 1])
    return probabilities[index - 1] + share * (probabilities[index] - probabilities[index - 1])
  }
}
