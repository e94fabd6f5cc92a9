import Testing

@testable import MonitorStatistics

/// Against scikit-learn and Fairlearn.
struct QualityTests {
  private struct File: Decodable {
    struct Binary: Decodable {
      var name: String
      var scores: Numbers
      var predicted: Numbers
      var actual: Numbers
      var accuracy: Double
      var precision: Double
      var recall: Double
      var f1: Double
      var rocAuc: Double
      var averagePrecision: Double
      var logLoss: Double
      var brier: Double
      var calibrationError: Double
    }

    struct Multiclass: Decodable {
      var predicted: Numbers
      var actual: Numbers
      var accuracy: Double
      var precision: Double
      var recall: Double
      var f1: Double
    }

    struct Regression: Decodable {
      var predicted: Numbers
      var actual: Numbers
      var meanAbsoluteError: Double
      var rootMeanSquaredError: Double
      var rSquared: Double
    }

    struct Isotonic: Decodable {
      var scores: Numbers
      var actual: Numbers
      var asked: Numbers
      var answers: Numbers
    }

    struct Fairness: Decodable {
      var group: Numbers
      var actual: Numbers
      var predicted: Numbers
      var selectionRates: Numbers
      var demographicParity: Double
      var equalOpportunity: Double
      var equalizedOdds: Double
    }

    var binary: [Binary]
    var multiclass: Multiclass
    var regression: Regression
    var isotonic: Isotonic
    var fairness: Fairness
  }

  @Test func `binary classification agrees with scikit-learn`() throws {
    let file: File = try Golden.read("quality.json")
    for golden in file.binary {
      let cases = golden.scores.values.indices.map {
        BinaryCase(
          score: golden.scores.values[$0], predicted: golden.predicted.marks[$0],
          actual: golden.actual.marks[$0])
      }
      let quality = BinaryQuality(cases)
      for (name, ours, theirs) in [
        ("accuracy", quality.accuracy, golden.accuracy), ("recall", quality.recall, golden.recall),
        ("f1", quality.f1, golden.f1), ("auc", quality.areaUnderCurve, golden.rocAuc),
        ("average precision", quality.averagePrecision, golden.averagePrecision),
        ("log loss", quality.logLoss, golden.logLoss), ("brier", quality.brier, golden.brier),
        ("calibration error", quality.calibrationError, golden.calibrationError),
      ] {
        let found = try #require(ours, "\(golden.name): \(name)")
        #expect(Golden.agree(found.value, theirs), "\(golden.name): \(name) \(found.value)")
        #expect(found.low <= found.high, "\(golden.name): \(name)")
      }
      // Nothing was predicted positive: scikit-learn says 0, we say that there is none.
      #expect(Golden.agree(quality.precision?.value ?? 0, golden.precision), "\(golden.name)")
    }
  }

  @Test func `classification of several classes agrees with scikit-learn`() throws {
    let golden = try (Golden.read("quality.json") as File).multiclass
    let quality = MulticlassQuality(
      zip(golden.predicted.values, golden.actual.values).map { ("\($0)", "\($1)") })
    #expect(Golden.agree(quality.accuracy?.value, golden.accuracy))
    #expect(Golden.agree(quality.precision?.value, golden.precision))
    #expect(Golden.agree(quality.recall?.value, golden.recall))
    #expect(Golden.agree(quality.f1?.value, golden.f1))
  }

  @Test func `regression agrees with scikit-learn`() throws {
    let golden = try (Golden.read("quality.json") as File).regression
    let quality = RegressionQuality(
      zip(golden.predicted.values, golden.actual.values).map { ($0, $1) })
    #expect(Golden.agree(quality.meanAbsoluteError?.value, golden.meanAbsoluteError))
    #expect(Golden.agree(quality.rootMeanSquaredError?.value, golden.rootMeanSquaredError))
    #expect(Golden.agree(quality.determination?.value, golden.rSquared))
  }

  @Test func `isotonic calibration agrees with scikit-learn`() throws {
    let golden = try (Golden.read("quality.json") as File).isotonic
    let calibration = try #require(
      IsotonicCalibration(
        zip(golden.scores.values, golden.actual.marks).map { (score: $0, actual: $1) }))
    for (asked, answer) in zip(golden.asked.values, golden.answers.values) {
      #expect(Golden.agree(calibration.probability(asked), answer), "\(asked)")
    }
  }

  @Test func `fairness agrees with Fairlearn`() throws {
    let golden = try (Golden.read("quality.json") as File).fairness
    let fairness = try #require(
      GroupFairness(
        golden.group.values.indices.map {
          (
            group: "\(Int(golden.group.values[$0]))", predicted: golden.predicted.marks[$0],
            actual: golden.actual.marks[$0]
          )
        }))
    for (group, rate) in zip(fairness.groups, golden.selectionRates.values) {
      #expect(Golden.agree(group.selectionRate, rate))
    }
    #expect(Golden.agree(fairness.demographicParityDifference, golden.demographicParity))
    #expect(Golden.agree(fairness.equalOpportunityDifference, golden.equalOpportunity))
    #expect(Golden.agree(fairness.equalizedOddsDifference, golden.equalizedOdds))
  }

  @Test func `nothing is measured of nothing`() {
    let binary = BinaryQuality([])
    #expect(binary.accuracy == nil && binary.f1 == nil && binary.areaUnderCurve == nil)
    #expect(binary.averagePrecision == nil && binary.logLoss == nil)
    #expect(MulticlassQuality([]).accuracy == nil)
    #expect(RegressionQuality([(.nan, 1), (1, .infinity)]).meanAbsoluteError == nil)
    #expect(GroupFairness([]) == nil)
    #expect(IsotonicCalibration([(.nan, true)]) == nil)
  }

  /// Of 120 samples whose truth is known, 95 % should hold it; 3 standard deviations below that are 89 %.
  @Test func `intervals hold the true value about as often as they say`() throws {
    var random = SeededRandom(seed: 21)
    var (accuracy, area, error) = (0, 0, 0)
    let samples = 120
    for _ in 0..<samples {
      let cases = (0..<300).map { _ in
        let actual = random.unit() < 0.4
        let score = random.normal(actual ? 1 : 0)
        return BinaryCase(
          score: score, predicted: random.unit() < 0.7 ? actual : !actual, actual: actual)
      }
      let quality = BinaryQuality(cases)
      // Two unit normals that are one apart: the area is Phi(1 / sqrt 2).
      if let found = quality.areaUnderCurve, found.low...found.high ~= 0.7602 { area += 1 }
      if let found = quality.accuracy, found.low...found.high ~= 0.7 { accuracy += 1 }
      let regression = RegressionQuality((0..<300).map { _ in (random.normal(0, 2), 0) })
      if let found = regression.rootMeanSquaredError, found.low...found.high ~= 2 { error += 1 }
    }
    for (name, count) in [("accuracy", accuracy), ("area", area), ("error", error)] {
      #expect(Double(count) >= 0.89 * Double(samples), "\(name): \(count) of \(samples)")
    }
  }
}
