internal import Foundation

/// Binary cases from the highest score down, for what depends on their order only.
struct RankedCases {
  /// Cases of equal scores, which have no order among them.
  private let ties: [Range<Int>]
  /// Places of the cases in the order in which they were given.
  private let places: [Int]
  private let actual: [Bool]

  init(_ cases: [BinaryCase]) {
    let places = cases.indices.sorted { (cases[$1].score, $0) < (cases[$0].score, $1) }
    self.places = places
    actual = places.map { cases[$0].actual }
    var ties: [Range<Int>] = []
    var start = 0
    for index in 1..<(places.count + 1)
    where index == places.count || cases[places[index]].score != cases[places[start]].score {
      ties.append(start..<index)
      start = index
    }
    self.ties = ties
  }

  /// The mean precision at each positive, as scikit-learn's `average_precision_score`; `nil` without a
  /// positive.
  func averagePrecision(weights: [Int]) -> Double? {
    var (seen, positives, sum) = (0, 0, 0.0)
    for tie in ties {
      var found = 0
      for index in tie {
        let weight = weights[places[index]]
        seen += weight
        if actual[index] { found += weight }
      }
      positives += found
      if found > 0 { sum += Double(found) * Double(positives) / Double(seen) }
    }
    return positives > 0 ? sum / Double(positives) : nil
  }

  /// The chance that a positive scores above a negative, ties half, with DeLong's interval (1988); `nil`
  /// without both.
  func areaUnderCurve() -> Estimate? {
    let positives = actual.count { $0 }
    let negatives = actual.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    // Of each case: the share of the other class that it stands on the right side of.
    var (above, below): ([Double], [Double]) = ([], [])
    var (seenPositives, seenNegatives) = (0, 0)
    for tie in ties {
      let here = actual[tie].count { $0 }
      let others = tie.count - here
      let negativesBelow = Double(negatives - seenNegatives - others) + Double(others) / 2
      let positivesAbove = Double(seenPositives) + Double(here) / 2
      above += [Double](repeating: negativesBelow / Double(negatives), count: here)
      below += [Double](repeating: positivesAbove / Double(positives), count: others)
      seenPositives += here
      seenNegatives += others
    }
    let area = above.reduce(0, +) / Double(positives)
    let variance =
      Self.variance(above) / Double(positives) + Self.variance(below) / Double(negatives)
    let half = Estimate.z * variance.squareRoot()
    return Estimate(area, low: max(0, area - half), high: min(1, area + half))
  }

  private static func variance(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }
}
