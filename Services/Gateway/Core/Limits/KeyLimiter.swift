import Synchronization

/// Counts the calls of one key against its limits.
///
/// All event loops share it, so a small critical section guards it; a key without limits takes no lock.
package final class KeyLimiter: Sendable {
  package let limits: KeyLimits
  private let state: Mutex<State>

  private struct State {
    /// Made by the first call, which brings the time.
    var bucket: TokenBucket?
    var inFlight: UInt32 = 0
  }

  package init(limits: KeyLimits) {
    self.limits = limits
    state = Mutex(State())
  }

  /// Asks for one call. Whoever is admitted calls ``release()`` once, when the call has ended.
  ///
  /// - Parameter nowNanoseconds: monotonic time.
  package func admit(nowNanoseconds: Int64) -> Admission {
    guard limits != .none else { return .admitted }
    return state.withLock { state in
      // First what costs nothing: a call refused here must not use up the rate.
      if limits.inFlightMax > 0, state.inFlight >= limits.inFlightMax { return .overInFlight }
      if limits.requestsPerSecond > 0 {
        var bucket =
          state.bucket
          ?? TokenBucket(ratePerSecond: limits.requestsPerSecond, nowNanoseconds: nowNanoseconds)
        let wait = bucket.take(nowNanoseconds: nowNanoseconds)
        state.bucket = bucket
        guard wait == 0 else { return .overRate(retryAfterNanoseconds: wait) }
      }
      state.inFlight += 1
      return .admitted
    }
  }

  /// Gives back one admitted call.
  package func release() {
    guard limits != .none else { return }
    state.withLock { state in
      precondition(state.inFlight > 0, "released more calls than were admitted")
      state.inFlight -= 1
    }
  }

  /// Calls that were admitted and have not ended; 0 for a key without limits.
  package var inFlight: UInt32 { state.withLock { $0.inFlight } }
}
