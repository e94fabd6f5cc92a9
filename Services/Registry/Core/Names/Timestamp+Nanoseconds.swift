import Trust

extension Timestamp {
  /// Nanoseconds since 1970, as the contracts carry times.
  var nanosecondsSinceEpoch: Int64 {
    let (nanoseconds, overflows) = millisecondsSinceEpoch.multipliedReportingOverflow(by: 1_000_000)
    return overflows ? (millisecondsSinceEpoch < 0 ? .min : .max) : nanoseconds
  }
}
