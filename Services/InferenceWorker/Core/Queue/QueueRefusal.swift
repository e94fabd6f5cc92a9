/// Why a call was not admitted. The description is for the caller.
package enum QueueRefusal: Error, Sendable, Hashable {
  /// As many calls wait as are let wait.
  case full(waiting: Int, retryAfter: Duration)
  /// By the measured run times the call's deadline would pass before the engine had answered it.
  case wouldExpire(predictedWait: Duration, retryAfter: Duration)
  /// The engine takes longer for such a call than it has left, even if nothing else waits.
  case tooShort(needed: Duration)
  /// The deadline had passed when the call came.
  case expired
  /// The worker takes no further calls; another one may.
  case draining

  /// Whether more workers would have answered the call.
  package var isForCrowding: Bool {
    switch self {
    case .full, .wouldExpire: true
    case .tooShort, .expired, .draining: false
    }
  }
}

extension QueueRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .full(let waiting, let retryAfter):
      "\(waiting) calls wait for this model, the most that may; "
        + "try again in \(Self.milliseconds(retryAfter)) ms or scale it out"
    case .wouldExpire(let wait, let retryAfter):
      "the model would have answered in \(Self.milliseconds(wait)) ms, after the call's deadline; "
        + "try again in \(Self.milliseconds(retryAfter)) ms or give it more time"
    case .tooShort(let needed):
      "the model takes \(Self.milliseconds(needed)) ms for such a call, more than its deadline "
        + "leaves; give it more time"
    case .expired: "the call's deadline had passed before it reached the model"
    case .draining: "this worker drains; call another"
    }
  }

  /// Rounded up, so that nobody comes back too early.
  private static func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
  }
}
