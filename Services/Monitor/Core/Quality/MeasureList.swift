import Contracts
import MonitorStatistics

/// Measures by name, in the order in which people read them.
struct MeasureList {
  let measures: [Monitor.Measure]

  init(_ quality: BinaryQuality) {
    self.init([
      ("accuracy", quality.accuracy), ("precision", quality.precision), ("recall", quality.recall),
      ("f1", quality.f1), ("roc_auc", quality.areaUnderCurve),
      ("average_precision", quality.averagePrecision), ("log_loss", quality.logLoss),
      ("brier", quality.brier), ("calibration_error", quality.calibrationError),
    ])
  }

  init(_ quality: MulticlassQuality) {
    self.init([
      ("accuracy", quality.accuracy), ("macro_precision", quality.precision),
      ("macro_recall", quality.recall), ("macro_f1", quality.f1),
    ])
  }

  init(_ quality: RegressionQuality) {
    self.init([
      ("mean_absolute_error", quality.meanAbsoluteError),
      ("root_mean_squared_error", quality.rootMeanSquaredError),
      ("r_squared", quality.determination),
    ])
  }

  init(_ result: ConfidenceEstimation.Result) {
    let named = [
      ("accuracy", result.accuracy), ("precision", result.precision), ("recall", result.recall),
      ("f1", result.f1), ("roc_auc", result.areaUnderCurve),
    ]
    measures = named.compactMap { name, value in
      value.map { Monitor.Measure(name: name, value: $0, low: $0, high: $0, estimated: true) }
    }
  }

  private init(_ named: [(String, Estimate?)]) {
    measures = named.compactMap { name, estimate in
      estimate.map {
        Monitor.Measure(name: name, value: $0.value, low: $0.low, high: $0.high)
      }
    }
  }
}
