/// What to do after an attempt has failed.
package enum RetryDecision: Sendable, Hashable {
  /// Try once more, on another worker.
  case retry
  /// Tell the caller.
  case giveUp(GiveUpCause)

  /// Why there is no retry; a label of the metrics.
  package enum GiveUpCause: String, Sendable, Hashable, CaseIterable {
    /// The failure is an answer; asking again would not change it.
    case finalFailure = "final_failure"
    /// Doing it twice is not the same as doing it once.
    case effect
    /// The caller makes the call again himself.
    case repetition
    /// The one retry has been made.
    case attempts
    /// The caller has already seen a part of the answer.
    case answerStarted = "answer_started"
    /// The caller's time is over.
    case deadline
    /// Too many retries of late.
    case budget
  }
}
