internal import Foundation

/// Measured numbers as people read them.
enum Figure {
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "" : "inf" }
    if value != 0, abs(value) < 0.001 { return String(format: "%.0e", value) }
    return abs(value) < 1000 ? String(format: "%.3f", value) : String(format: "%.4g", value)
  }

  static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
}
