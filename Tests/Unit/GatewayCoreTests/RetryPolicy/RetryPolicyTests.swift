import RPC
import Testing

@testable import GatewayCore

@Suite struct RetryPolicyTests {
  static let failures: [CallFailure] =
    [.connection] + StatusCode.allCases.filter { $0 != .ok }.map { .status($0) }

  @Test(
    "retries once, what may be done twice, when another worker may do better",
    arguments: [MethodEffect.safe, .idempotent, .mutating], failures)
  func truthTable(effect: MethodEffect, failure: CallFailure) {
    for attempts in 1...3 {
      for answerStarted in [false, true] {
        for remaining in [nil, 1, 0, -1] as [Int64?] {
          var budget = RetryBudget()
          let before = budget
          let decision = RetryPolicy.decide(
            RetryPolicy.Attempt(
              effect: effect, failure: failure, attempts: attempts, answerStarted: answerStarted,
              remainingNanoseconds: remaining),
            budget: &budget)
          let expected =
            effect != .mutating && (failure == .connection || failure == .status(.unavailable))
            && attempts == 1 && !answerStarted && (remaining ?? 1) > 0
          #expect(
            (decision == .retry) == expected, "\(attempts) \(answerStarted) \(remaining ?? 0)")
          #expect(budget.retriesLeft == before.retriesLeft - (expected ? 1 : 0))
        }
      }
    }
  }

  @Test(
    "says why there is no retry",
    arguments: [
      (MethodEffect.safe, CallFailure.status(.invalidArgument), 1, false, nil, .finalFailure),
      (.mutating, .connection, 1, false, nil, .effect),
      (.safe, .connection, 2, false, nil, .attempts),
      (.safe, .connection, 1, true, nil, .answerStarted),
      (.safe, .connection, 1, false, 0, .deadline),
    ] as [(MethodEffect, CallFailure, Int, Bool, Int64?, RetryDecision.GiveUpCause)])
  func causes(
    effect: MethodEffect, failure: CallFailure, attempts: Int, answerStarted: Bool,
    remaining: Int64?, cause: RetryDecision.GiveUpCause
  ) {
    var budget = RetryBudget()
    let attempt = RetryPolicy.Attempt(
      effect: effect, failure: failure, attempts: attempts, answerStarted: answerStarted,
      remainingNanoseconds: remaining)
    #expect(RetryPolicy.decide(attempt, budget: &budget) == .giveUp(cause))
  }

  @Test("in the long run a tenth of the calls is retried and no more")
  func budgetHolds() {
    var budget = RetryBudget()
    var retries = 0
    let calls = 100_000
    for _ in 0..<calls {
      budget.earn()
      let attempt = RetryPolicy.Attempt(effect: .safe, failure: .connection, attempts: 1)
      let decision = RetryPolicy.decide(attempt, budget: &budget)
      if decision == .retry { retries += 1 } else { #expect(decision == .giveUp(.budget)) }
    }
    #expect(retries == calls / 10 + RetryBudget.retriesAtStart)
  }

  @Test("a busy gateway saves up for a worker's death, within bounds")
  func budgetIsBounded() {
    var budget = RetryBudget()
    for _ in 0..<1_000_000 { budget.earn() }
    #expect(budget.retriesLeft == RetryBudget.retriesMax)
  }
}
