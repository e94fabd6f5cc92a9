package import RPC

/// Whether a key's limits let a call in.
package enum Admission: Sendable, Hashable {
  case admitted
  /// Too many calls a second; the next one fits after `retryAfterNanoseconds`.
  case overRate(retryAfterNanoseconds: Int64)
  /// Too many calls at once; worth a retry as soon as one of them has ended.
  case overInFlight

  /// What the caller of a call that is kept out is told.
  package var rpcError: RPCError? {
    switch self {
    case .admitted: nil
    case .overRate(let wait):
      RPCError(
        .resourceExhausted, "the key's calls a second are used up; try again a little later",
        retryAfter: .nanoseconds(wait))
    case .overInFlight:
      RPCError(
        .resourceExhausted,
        "the key has as many calls running as it may; try again when one has ended",
        retryAfter: Self.retryAfterInFlight)
    }
  }

  /// About how long a call lasts; nobody knows which of them ends next.
  package static let retryAfterInFlight: Duration = .milliseconds(10)
}
