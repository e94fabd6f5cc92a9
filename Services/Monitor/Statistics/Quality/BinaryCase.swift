/// A binary prediction whose truth is known.
package struct BinaryCase: Sendable, Hashable {
  /// The probability of the positive class, as the model said it.
  package var score: Double
  package var predicted: Bool
  package var actual: Bool

  package init(score: Double, predicted: Bool, actual: Bool) {
    self.score = score
    self.predicted = predicted
    self.actual = actual
  }
}
