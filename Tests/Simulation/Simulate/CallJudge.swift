import Base
import RPC

/// Whether what became of a call is what was promised to it.
struct CallJudge {
  let entry: Ledger.Entry
  let link: FaultLink
  /// Limits of the server may refuse it.
  let isTight: Bool
  /// Behind a gateway: whether a worker may be lost to it.
  var mayLoseWorkers = false
  var isForwarded = false

  /// A call that was lost on its way is made again once.
  private static let attemptsMax = 2

  private var plan: CallPlan { entry.plan }

  var violations: [String] {
    var violations: [String] = []
    violations += timeliness
    guard link.plan.integrity != .damaged else { return violations }
    if entry.handlerStarts > (mayLoseWorkers ? Self.attemptsMax : 1) {
      violations.append("its handler ran \(entry.handlerStarts) times")
    }
    if let fault = entry.requestFault {
      violations.append("its handler got a wrong request: \(fault)")
    }
    if let outcome = entry.outcomes.first, let fault = fault(of: outcome) {
      violations.append(fault)
    }
    return violations
  }

  // MARK: Time

  /// Nobody waits beyond the time that was given, not by a nanosecond of virtual time.
  private var timeliness: [String] {
    guard let startedAt = entry.startedAt else {
      return entry.outcomes.isEmpty && !link.mayFail ? ["it never began"] : []
    }
    guard let finishedAt = entry.finishedAt else {
      let mayWait =
        plan.timeout == nil && (link.plan.isBlackHole || link.plan.integrity != .faithful)
      return mayWait && plan.cancelsAfter == nil ? [] : ["it has not ended"]
    }
    guard let timeout = plan.timeout else { return [] }
    let limit = startedAt.advanced(by: timeout + plan.pauses)
    guard finishedAt > limit else { return [] }
    return ["it ended \(finishedAt.nanoseconds(since: limit)) ns after its deadline"]
  }

  // MARK: Outcomes

  private func fault(of outcome: Ledger.Outcome) -> String? {
    switch outcome {
    case .right: plan.failure == nil ? nil : "it succeeded, though its handler failed"
    case .dropped: nil
    case .wrong(let text): "wrong answer: \(text)"
    case .failed(let code): mayFail(with: code) ? nil : "it failed with \(code)"
    }
  }

  private func mayFail(with code: StatusCode) -> Bool {
    if link.mayFail || code == plan.failure { return true }
    switch code {
    case .cancelled: return plan.cancelsAfter != nil
    case .deadlineExceeded:
      guard let timeout = plan.timeout, let start = entry.startedAt, let end = entry.finishedAt
      else { return false }
      // A gateway keeps some of the time for itself.
      let reserve = isForwarded ? min(timeout / 20, .milliseconds(10)) + .microseconds(1) : .zero
      return end >= start.advanced(by: timeout - reserve)
    case .resourceExhausted: return isTight
    // What a draining server refuses has not begun.
    case .unavailable:
      return mayLoseWorkers || link.hasDrained && entry.handlerStarts == 0
    default: return false
    }
  }
}
