import Foundation

@testable import MonitorStatistics

extension SeededRandom {
  /// Normally distributed.
  mutating func normal(_ mean: Double = 0, _ deviation: Double = 1) -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return mean + deviation * radius * cos(2 * .pi * unit())
  }

  mutating func normals(_ count: Int, _ mean: Double = 0, _ deviation: Double = 1) -> [Double] {
    (0..<count).map { _ in normal(mean, deviation) }
  }
}
