package import Base

/// One call over its attempts, at the hop where it begins: a pure machine.
///
/// What failed behind the server that was called is not made again here: whoever lost that connection
/// has decided about it.
package struct FirstHopCall: Sendable {
  /// How often one call is sent at most, whatever the causes.
  package static let sendsMax = 5

  package private(set) var options: CallOptions
  /// The end of the caller's time.
  package let deadline: MonotonicInstant
  private var sends = 1

  package init(_ options: CallOptions, at now: MonotonicInstant) {
    self.options = options
    deadline = options.timeout.map { now.advanced(by: $0) } ?? .distantFuture
  }

  /// Whether to make the call again after this failure. Pays from the budget if so, unless nothing of the
  /// call was done.
  package mutating func again(
    after error: RPCError, effect: MethodEffect, at now: MonotonicInstant,
    budget: inout RetryBudget
  ) -> Bool {
    guard error.code == .unavailable, sends < Self.sendsMax, now < deadline else { return false }
    switch error.progress {
    case .answered: return false
    case .notBegun: break
    case .lost:
      guard effect != .mutating, budget.spend() else { return false }
      options.metadata.repetition += 1
    }
    sends += 1
    if options.timeout != nil {
      options.timeout = .nanoseconds(Int64(clamping: deadline.nanoseconds(since: now)))
    }
    return true
  }
}
