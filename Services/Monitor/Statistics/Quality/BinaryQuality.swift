internal import Foundation

/// How well a binary classifier did, as scikit-learn measures it.
package struct BinaryQuality: Sendable, Hashable {
  package var caseCount: Int
  package var accuracy: Estimate?
  package var precision: Estimate?
  package var recall: Estimate?
  package var f1: Estimate?
  package var areaUnderCurve: Estimate?
  package var averagePrecision: Estimate?
  package var logLoss: Estimate?
  package var brier: Estimate?
  package var calibrationError: Estimate?

  /// Bins of equal width for ``calibrationError``.
  package static let calibrationBins = 10
  /// Scores are kept this far from 0 and 1 in ``logLoss``, as scikit-learn does.
  private static let scoreMin = Double.ulpOfOne

  package init(_ cases: [BinaryCase]) {
    caseCount = cases.count
    var confusion = ConfusionCounts()
    for one in cases { confusion.add(predicted: one.predicted, probability: one.actual ? 1 : 0) }
    let hits = Int(confusion.truePositives)
    accuracy = .share(hits + Int(confusion.trueNegatives), of: cases.count)
    precision = .share(hits, of: hits + Int(confusion.falsePositives))
    recall = .share(hits, of: hits + Int(confusion.falseNegatives))
    f1 = Bootstrap.estimate(count: cases.count) { weights in
      var confusion = ConfusionCounts()
      for (one, weight) in zip(cases, weights) where weight > 0 {
        confusion.add(
          predicted: one.predicted, probability: one.actual ? 1 : 0, weight: Double(weight))
      }
      return cases.isEmpty ? nil : confusion.f1
    }
    let scored = cases.filter(\.score.isFinite)
    let ranked = RankedCases(scored)
    areaUnderCurve = ranked.areaUnderCurve()
    averagePrecision = Bootstrap.estimate(count: scored.count) {
      ranked.averagePrecision(weights: $0)
    }
    let isProbability = scored.allSatisfy { (0...1).contains($0.score) }
    guard isProbability else { return }
    logLoss = .mean(
      scored.map { one in
        let score = min(max(one.score, Self.scoreMin), 1 - Self.scoreMin)
        return -log(one.actual ? score : 1 - score)
      })
    brier = .mean(
      scored.map { one in
        let difference = one.score - (one.actual ? 1 : 0)
        return difference * difference
      })
    calibrationError = Bootstrap.estimate(count: scored.count) {
      Self.calibrationError(scored, weights: $0)
    }
  }

  /// The mean distance of score and frequency over bins of equal width: a score is in bin
  /// `floor(score * 10)`, 1 in the last one.
  static func calibrationError(_ cases: [BinaryCase], weights: [Int]) -> Double? {
    var bins = [(count: Double, score: Double, positives: Double)](
      repeating: (0, 0, 0), count: calibrationBins)
    for (one, weight) in zip(cases, weights) where weight > 0 {
      let bin = min(calibrationBins - 1, Int(one.score * Double(calibrationBins)))
      bins[bin].count += Double(weight)
      bins[bin].score += one.score * Double(weight)
      bins[bin].positives += one.actual ? Double(weight) : 0
    }
    let total = bins.reduce(0) { $0 + $1.count }
    guard total > 0 else { return nil }
    return bins.reduce(0) { $0 + abs($1.score - $1.positives) } / total
  }
}
