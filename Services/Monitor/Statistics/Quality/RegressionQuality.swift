/// How far a regression was off, as scikit-learn measures it.
package struct RegressionQuality: Sendable, Hashable {
  package var caseCount: Int
  package var meanAbsoluteError: Estimate?
  package var rootMeanSquaredError: Estimate?
  package var determination: Estimate?

  /// What is not finite is left out.
  package init(_ cases: [(predicted: Double, actual: Double)]) {
    let cases = cases.filter { $0.predicted.isFinite && $0.actual.isFinite }
    caseCount = cases.count
    let errors = cases.map { $0.predicted - $0.actual }
    meanAbsoluteError = .mean(errors.map(abs))
    rootMeanSquaredError = Estimate.mean(errors.map { $0 * $0 }).map { squared in
      Estimate(
        squared.value.squareRoot(), low: max(0, squared.low).squareRoot(),
        high: squared.high.squareRoot())
    }
    determination = Bootstrap.estimate(count: cases.count) { weights in
      let count = Double(weights.reduce(0, +))
      let mean = zip(cases, weights).reduce(0) { $0 + $1.0.actual * Double($1.1) } / count
      var (residual, total) = (0.0, 0.0)
      for (one, weight) in zip(cases, weights) where weight > 0 {
        residual += Double(weight) * (one.predicted - one.actual) * (one.predicted - one.actual)
        total += Double(weight) * (one.actual - mean) * (one.actual - mean)
      }
      return total > 0 ? 1 - residual / total : nil
    }
  }
}
