internal import Base
internal import Synchronization

/// Looks after the engine: a run that takes too long costs its own callers, not all of them.
extension EnginePool {
  /// Tells runs to end that are over their time. To be called every second or so.
  ///
  /// - Returns: runs that were told and do not end: only the end of the process helps then.
  package func look() -> [BatchQueue.RunID] {
    let now = clock.now
    let (overdue, hung) = state.withLock { state -> ([RunTerminator], [BatchQueue.RunID]) in
      let terminators = state.terminators
      let findings = state.watch.look(now: now) { terminators[$0]?.isTerminated == true }
      return (findings.overdue.compactMap { terminators[$0] }, findings.hung)
    }
    for terminator in overdue { terminator.terminate() }
    return hung
  }

  /// Answers everybody, because the process is about to end. Callers of `hung` are told that the model
  /// failed, so that nobody tries their requests elsewhere; all others, that another worker may take them.
  package func giveUp(_ hung: [BatchQueue.RunID]) {
    let (guilty, others) = state.withLock { state -> ([EngineCall], [EngineCall]) in
      state.queue.startDraining()
      let tickets = hung.flatMap { state.queue.running[$0]?.tickets ?? [] }
      let guilty = tickets.compactMap { state.calls.removeValue(forKey: $0) }
      state.load.failures += UInt64(guilty.count)
      _ = state.queue.abandonAll()
      defer { state.calls = [:] }
      return (guilty, Array(state.calls.values))
    }
    deliver(guilty.map { ($0.waiter, .failure(.engine(Self.hung))) })
    deliver(others.map { ($0.waiter, .failure(.refused(.draining))) })
  }

  /// What becomes of a run: one that was ended for its time has failed, so that it is bisected and costs
  /// the guilty request only.
  static func judged(
    _ outcome: Result<[[Tensor]], EngineError>, isOverdue: Bool, _ watch: RunWatch
  ) -> Result<[[Tensor]], EngineError> {
    guard isOverdue, case .failure(let error) = outcome, error.code == .terminated else {
      return outcome
    }
    return .failure(
      EngineError(
        .runFailed,
        "the model took longer for this request than the \(watch.runTimeout.components.seconds) s "
          + "that a run may take"))
  }

  static func ending(
    _ outcome: Result<[[Tensor]], EngineError>
  ) -> BatchQueue.Ending {
    switch outcome {
    case .success: .completed
    case .failure(let error): error.code == .terminated ? .terminated : .failed
    }
  }

  private static let hung = EngineError(
    .runFailed, "the model did not end the run with this request, and was given up")
}
