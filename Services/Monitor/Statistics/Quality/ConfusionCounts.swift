/// How often what was predicted was so. Whole numbers where truth is known, expected ones where it is
/// estimated.
package struct ConfusionCounts: Sendable, Hashable {
  package var truePositives = 0.0
  package var falsePositives = 0.0
  package var trueNegatives = 0.0
  package var falseNegatives = 0.0

  package init() {}

  /// - Parameter probability: of the positive class: 0 or 1 where truth is known.
  package mutating func add(predicted: Bool, probability: Double, weight: Double = 1) {
    if predicted {
      truePositives += probability * weight
      falsePositives += (1 - probability) * weight
    } else {
      falseNegatives += probability * weight
      trueNegatives += (1 - probability) * weight
    }
  }

  package var total: Double { truePositives + falsePositives + trueNegatives + falseNegatives }
  package var accuracy: Double { Self.ratio(truePositives + trueNegatives, total) }
  /// As the ones below: 0 where nothing is divided by nothing, as scikit-learn's `zero_division=0`.
  package var precision: Double { Self.ratio(truePositives, truePositives + falsePositives) }
  package var recall: Double { Self.ratio(truePositives, truePositives + falseNegatives) }
  package var falsePositiveRate: Double {
    Self.ratio(falsePositives, falsePositives + trueNegatives)
  }
  package var selectionRate: Double { Self.ratio(truePositives + falsePositives, total) }
  package var f1: Double {
    Self.ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
  }

  static func ratio(_ part: Double, _ whole: Double) -> Double { whole > 0 ? part / whole : 0 }
}
