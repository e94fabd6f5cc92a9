package import RPC

/// Decides whether a failed attempt is made once more on another worker.
package enum RetryPolicy {
  /// Attempts at one call, the first one included.
  package static let attemptsMax = 2

  /// What is known of a failed attempt.
  package struct Attempt: Sendable, Hashable {
    package var effect: MethodEffect
    package var failure: CallFailure
    /// Attempts so far, this one included; at least 1.
    package var attempts: Int
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
    guard attempt.effect != .mutating else { return .giveUp(.effect) }
    guard attempt.attempts < attemptsMax else { return .giveUp(.attempts) }
    guard !attempt.answerStarted else { return .giveUp(.answerStarted) }
    if let remaining = attempt.remainingNanoseconds, remaining <= 0 { return .giveUp(.deadline) }
    guard budget.spend() else { return .giveUp(.budget) }
    return .retry
  }
}
