/// How differently groups are treated, as Fairlearn measures it.
package struct GroupFairness: Sendable, Hashable {
  package struct Group: Sendable, Hashable {
    package var name: String
    package var caseCount: Int
    package var selectionRate: Double
    package var truePositiveRate: Double
    package var falsePositiveRate: Double
  }

  /// By name.
  package var groups: [Group]
  /// The largest difference of selection rates.
  package var demographicParityDifference: Double
  /// The largest difference of true positive rates.
  package var equalOpportunityDifference: Double
  /// The largest difference of true or of false positive rates.
  package var equalizedOddsDifference: Double

  /// `nil` if there are no cases.
  package init?(_ cases: [(group: String, predicted: Bool, actual: Bool)]) {
    guard !cases.isEmpty else { return nil }
    var counts: [String: ConfusionCounts] = [:]
    for one in cases {
      counts[one.group, default: ConfusionCounts()].add(
        predicted: one.predicted, probability: one.actual ? 1 : 0)
    }
    groups = counts.sorted { $0.key < $1.key }.map { name, count in
      Group(
        name: name, caseCount: Int(count.total), selectionRate: count.selectionRate,
        truePositiveRate: count.recall, falsePositiveRate: count.falsePositiveRate)
    }
    demographicParityDifference = Self.difference(groups.map(\.selectionRate))
    equalOpportunityDifference = Self.difference(groups.map(\.truePositiveRate))
    equalizedOddsDifference = max(
      equalOpportunityDifference, Self.difference(groups.map(\.falsePositiveRate)))
  }

  private static func difference(_ rates: [Double]) -> Double {
    (rates.max() ?? 0) - (rates.min() ?? 0)
  }
}
