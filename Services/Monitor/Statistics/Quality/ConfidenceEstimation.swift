/// What a classifier's quality probably is where no truth is known yet: confidence-based performance
/// estimation (CBPE), as NannyML does it.
///
/// It holds as long as the scores mean what they meant when truth was known: it sees that inputs moved to
/// where the model is less sure, and not that the truth itself has changed.
package struct ConfidenceEstimation: Sendable, Hashable {
  /// What is estimated of a set of predictions.
  package struct Result: Sendable, Hashable {
    package var accuracy: Double
    package var precision: Double
    package var recall: Double
    package var f1: Double
    /// `nil` where only one class is expected.
    package var areaUnderCurve: Double?
  }

  /// Shares of the labelled predictions that calibration is tried on, one after the other.
  private static let foldCount = 10

  /// `nil` where the scores are as good as they are.
  package let calibration: IsotonicCalibration?

  /// Learns from predictions whose truth is known; scores are calibrated if that brings them closer to it
  /// on predictions that calibration did not see.
  package init(labelled cases: [(score: Double, actual: Bool)], seed: UInt64 = 1) {
    let cases = cases.filter(\.score.isFinite)
    calibration = Self.isBetter(cases, seed: seed) ? IsotonicCalibration(cases) : nil
  }

  /// - Parameter predictions: `predicted` is the class that the model gave.
  /// - Returns: `nil` if there are none.
  package func estimate(_ predictions: [(score: Double, predicted: Bool)]) -> Result? {
    let predictions = predictions.filter(\.score.isFinite)
    guard !predictions.isEmpty else { return nil }
    var confusion = ConfusionCounts()
    var probabilities: [Double] = []
    probabilities.reserveCapacity(predictions.count)
    for one in predictions {
      let probability = min(max(calibration?.probability(one.score) ?? one.score, 0), 1)
      confusion.add(predicted: one.predicted, probability: probability)
      probabilities.append(probability)
    }
    return Result(
      accuracy: confusion.accuracy, precision: confusion.precision, recall: confusion.recall,
      f1: confusion.f1, areaUnderCurve: Self.areaUnderCurve(probabilities))
  }

  /// The area under the curve of expected positives over expected negatives.
  private static func areaUnderCurve(_ probabilities: [Double]) -> Double? {
    let positives = probabilities.reduce(0, +)
    let negatives = Double(probabilities.count) - positives
    guard positives > 0, negatives > 0 else { return nil }
    var (area, seen, index) = (0.0, 0.0, 0)
    let descending = probabilities.sorted(by: >)
    while index < descending.count {
      var (here, others) = (0.0, 0.0)
      let value = descending[index]
      while index < descending.count, descending[index] == value {
        here += value
        others += 1 - value
        index += 1
      }
      area += others * (seen + here / 2)
      seen += here
    }
    return area / positives / negatives
  }

  private static func isBetter(
    _ cases: [(score: Double, actual: Bool)], seed: UInt64
  ) -> Bool {
    guard cases.count >= 2 * foldCount, cases.contains(where: \.actual),
      !cases.allSatisfy(\.actual)
    else { return false }
    let binary = cases.map {
      BinaryCase(score: $0.score, predicted: $0.actual, actual: $0.actual)
    }
    // Scores that tell the classes apart without fault have nothing to gain.
    if let area = RankedCases(binary).areaUnderCurve(), area.value > 0.999 { return false }
    var random = SeededRandom(seed: seed)
    let shuffled = cases.shuffled(using: &random)
    var before: [(score: Double, actual: Bool)] = []
    var after: [(score: Double, actual: Bool)] = []
    for fold in 0..<foldCount {
      let tested = (fold * cases.count / foldCount)..<((fold + 1) * cases.count / foldCount)
      let rest = shuffled[..<tested.lowerBound] + shuffled[tested.upperBound...]
      guard let calibration = IsotonicCalibration(Array(rest)) else { return false }
      before += shuffled[tested]
      after += shuffled[tested].map { one in
        (score: calibration.probability(one.score), actual: one.actual)
      }
    }
    return calibrationError(before) > calibrationError(after)
  }

  /// Over bins of equally many predictions.
  private static func calibrationError(_ cases: [(score: Double, actual: Bool)]) -> Double {
    let sorted = cases.sorted { $0.score < $1.score }
    let binCount = min(10, sorted.count / 2)
    var sum = 0.0
    for bin in 0..<binCount {
      let range = (bin * sorted.count / binCount)..<((bin + 1) * sorted.count / binCount)
      sum += abs(sorted[range].reduce(0) { $0 + $1.score - ($1.actual ? 1 : 0) })
    }
    return sum / Double(sorted.count)
  }
}
