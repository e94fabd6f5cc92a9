import GRDB

/// What one key used of one model over some time.
package struct UsageRow: Sendable, Hashable {
  package let keyID: String
  /// Empty if the key is not known any more.
  package let principal: String
  package let model: String
  package let count: UsageCount

  /// Rows in one answer; at 100 bytes a row it fits a frame.
  package static let rowsMax = 10_000

  /// Reads a row with the columns of the table `usage` and `principal`.
  init(_ row: Row) {
    func number(_ column: String) -> UInt64 {
      let value: Int64 = row[column]
      return UInt64(clamping: value)
    }
    keyID = row["key_id"]
    principal = row["principal"]
    model = row["model"]
    count = UsageCount(
      requests: number("requests"), failures: number("failures"), refused: number("refused"),
      requestBytes: number("request_bytes"), responseBytes: number("response_bytes"),
      durationNanoseconds: number("duration_nanoseconds"))
  }
}
