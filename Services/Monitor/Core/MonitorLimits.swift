/// What the monitor takes at most, so that no caller can cost the others their monitor.
package struct MonitorLimits: Sendable, Hashable {
  /// Records of one call of a gateway.
  package var recordsPerCallMax = 10_000
  /// Rows of one request's batch that are kept; the rest is left out.
  package var rowsPerRecordMax = 256
  /// Columns of a row; a request with more is kept without its inputs and outputs.
  package var columnsMax = 512
  /// Elements of a tensor's row that become columns of their own; of longer ones four summaries are kept.
  package var elementsPerTensorMax = 64
  /// Rows up to which every value is compared; above, a sketch takes their place.
  package var exactRowsMax = 20_000
  /// Rows that one report looks at, newest first.
  package var rowsPerReportMax = 1_000_000
  /// Labelled rows that one quality report looks at, newest first.
  package var labelledRowsMax = 200_000
  /// Values of a column that a baseline keeps, evenly taken from all of them.
  package var baselineValuesMax = 20_000
  /// Categories that are told apart; the rest is counted together.
  package var categoriesMax = 64
  /// Baselines of one model; the oldest goes when there is one more.
  package var baselinesMax = 50
  /// Labels of one call.
  package var labelsPerCallMax = 10_000
  /// Bytes of a label.
  package var labelBytesMax = 256
  /// Labels of one row that are kept, the first and the newest.
  package var labelsPerRowMax = 16
  /// Rows of one page of an export.
  package var pageMax = 1000
  /// Bytes of a reason.
  package var reasonBytesMax = 1024
  /// Weeks that a seasonal comparison looks back.
  package var weeksMax: UInt32 = 12

  package init() {}
}
