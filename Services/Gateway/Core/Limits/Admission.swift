/// Whether a key's limits let a call in.
package enum Admission: Sendable, Hashable {
  case admitted
  /// Too many calls a second; the next one fits after `retryAfterNanoseconds`.
  case overRate(retryAfterNanoseconds: Int64)
  /// Too many calls at once; worth a retry as soon as one of them has ended.
  case overInFlight
}
