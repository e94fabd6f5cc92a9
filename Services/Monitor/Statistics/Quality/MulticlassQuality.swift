/// How well a classifier of several classes did: accuracy, and the others' means over the classes that
/// occur (scikit-learn's `average="macro"`, `zero_division=0`).
package struct MulticlassQuality: Sendable, Hashable {
  package var caseCount: Int
  package var accuracy: Estimate?
  package var precision: Estimate?
  package var recall: Estimate?
  package var f1: Estimate?

  package init(_ cases: [(predicted: String, actual: String)]) {
    caseCount = cases.count
    accuracy = .share(cases.count { $0.predicted == $0.actual }, of: cases.count)
    let names = Set(cases.map(\.predicted)).union(cases.map(\.actual)).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let pairs = cases.map { (numbers[$0.predicted] ?? 0, numbers[$0.actual] ?? 0) }
    func macro(_ measure: @escaping (ConfusionCounts) -> Double) -> Estimate? {
      Bootstrap.estimate(count: pairs.count) { weights in
        Self.mean(measure, pairs, weights: weights, classCount: names.count)
      }
    }
    precision = macro(\.precision)
    recall = macro(\.recall)
    f1 = macro(\.f1)
  }

  private static func mean(
    _ measure: (ConfusionCounts) -> Double, _ pairs: [(predicted: Int, actual: Int)],
    weights: [Int], classCount: Int
  ) -> Double? {
    var classes = [ConfusionCounts](repeating: ConfusionCounts(), count: classCount)
    for (pair, weight) in zip(pairs, weights) where weight > 0 {
      let weight = Double(weight)
      if pair.predicted == pair.actual {
        classes[pair.actual].truePositives += weight
      } else {
        classes[pair.predicted].falsePositives += weight
        classes[pair.actual].falseNegatives += weight
      }
    }
    let occurring = classes.filter { $0.total > 0 }
    guard !occurring.isEmpty else { return nil }
    return occurring.reduce(0) { $0 + measure($1) } / Double(occurring.count)
  }
}
