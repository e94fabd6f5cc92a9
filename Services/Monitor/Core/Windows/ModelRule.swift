import Contracts

/// What requests about a model must say.
enum ModelRule {
  private static let nameBytesMax = 256

  static func check(model: String) throws(MonitorError) {
    guard !model.isEmpty, model.utf8.count <= nameBytesMax else {
      throw .invalid("expected the name of a model, of at most \(nameBytesMax) bytes")
    }
  }

  static func check(reason: String, _ limits: MonitorLimits) throws(MonitorError) {
    guard reason.utf8.count <= limits.reasonBytesMax else {
      throw .invalid(
        "the reason has \(reason.utf8.count) bytes: expected at most \(limits.reasonBytesMax)")
    }
  }

  static func checked(_ window: Monitor.Window?) throws(MonitorError) -> Monitor.Window {
    guard let window else { throw .invalid("expected a window with the name of a model") }
    try check(model: window.model)
    return window
  }

  static func rowsMax(_ window: Monitor.Window, _ limits: MonitorLimits) -> Int {
    window.rowsMax == 0
      ? limits.rowsPerReportMax : min(Int(window.rowsMax), limits.rowsPerReportMax)
  }
}
