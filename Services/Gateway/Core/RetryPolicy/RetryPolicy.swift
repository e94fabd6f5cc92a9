package import RPC

/// Decides whether a failed attempt is made once more on another worker.
package enum RetryPolicy {
  /// Attempts at one call in which something of it may have been done, the first one included.
  package static let attemptsMax = 2
  /// Attempts at one call that came to nothing before it began: each has met a worker that is not there any
  /// more or drains, and cost nobody any work.
  package static let futileMax = 4

  /// What is known of a failed attempt.
  package struct Attempt: Sendable, Hashable {
    package var effect: MethodEffect
    package var failure: CallFailure
    /// Attempts so far in which something may have been done, this one included.
    package var attempts: Int
    /// Attempts so far that came to nothing before the call began, this one included.
    package var futile = 0
    /// How far this one came.
    package var progress = CallProgress.lost
    /// The caller has sent the call before: then it is up to him, lest every hop multiplies it.
    package var isRepetition = false
    /// Whether any byte of an answer went to the caller.
    package var answerStarted: Bool
    /// What is left of the caller's time; `nil` without a deadline.
    package var remainingNanoseconds: Int64?

    package init(
      effect: MethodEffect, failure: CallFailure, attempts: Int, answerStarted: Bool = false,
      remainingNanoseconds: Int64? = nil
    ) {
      self.effect = effect
      self.failure = failure
      self.attempts = attempts
      self.answerStarted = answerStarted
      self.remainingNanoseconds = remainingNanoseconds
    }
  }

  /// Pays from the budget only if the answer is ``RetryDecision/retry``.
  package static func decide(_ attempt: Attempt, budget: inout RetryBudget) -> RetryDecision {
    guard attempt.failure.isWorthAnotherWorker else { return .giveUp(.finalFailure) }
    guard attempt.progress != .notBegun else { return decideUnbegun(attempt) }
    guard attempt.effect != .mutating else { return .giveUp(.effect) }
    guard !attempt.isRepetition else { return .giveUp(.repetition) }
    guard attempt.attempts < attemptsMax else { return .giveUp(.attempts) }
    guard !attempt.answerStarted else { return .giveUp(.answerStarted) }
    if let remaining = attempt.remainingNanoseconds, remaining <= 0 { return .giveUp(.deadline) }
    guard budget.spend() else { return .giveUp(.budget) }
    return .retry
  }

  /// Whatever the method does, it has not been done.
  private static func decideUnbegun(_ attempt: Attempt) -> RetryDecision {
    guard attempt.futile < futileMax else { return .giveUp(.attempts) }
    guard !attempt.answerStarted else { return .giveUp(.answerStarted) }
    if let remaining = attempt.remainingNanoseconds, remaining <= 0 { return .giveUp(.deadline) }
    return .retry
  }
}
