/// What the monitor is told from outside.
package struct MonitorConfiguration: Sendable {
  /// Its own folder, which exists.
  package var folder: String
  package var limits = MonitorLimits()
  /// How long records of calls and labels are kept.
  package var recordDays: Int
  /// How long inputs and outputs are kept.
  package var payloadDays: Int

  package static let recordDaysDefault = 400
  package static let payloadDaysDefault = 30

  package init(
    folder: String, recordDays: Int = Self.recordDaysDefault,
    payloadDays: Int = Self.payloadDaysDefault
  ) {
    self.folder = folder
    self.recordDays = recordDays
    self.payloadDays = payloadDays
  }
}
