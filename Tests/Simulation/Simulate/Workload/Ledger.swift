import Base
import RPC

/// What was asked for and what came of it. The only thing that both sides of a run know.
final class Ledger: CallObserver, @unchecked Sendable {
  /// How a call looked to its caller.
  enum Outcome: Equatable {
    case right
    /// The caller took no more of it.
    case dropped
    case wrong(String)
    case failed(StatusCode)
  }

  struct Entry {
    let plan: CallPlan
    var startedAt: MonotonicInstant?
    var outcomes: [Outcome] = []
    var finishedAt: MonotonicInstant?
    var handlerStarts = 0
    var handlerEnds = 0
    /// What the handler saw that nobody had sent.
    var requestFault: String?
  }

  var entries: [Int: Entry] = [:]
  /// Calls that a handler was asked for and that nobody has made.
  var strayCount = 0
  private(set) var finishedCount = 0

  func add(_ plan: CallPlan) {
    entries[plan.id] = Entry(plan: plan)
  }

  func finished(
    _ calls: [FinishedCall], of methods: [MethodDescriptor], at now: MonotonicInstant
  ) {
    finishedCount += calls.count
  }

  var ordered: [Entry] { entries.keys.sorted().compactMap { entries[$0] } }
}
