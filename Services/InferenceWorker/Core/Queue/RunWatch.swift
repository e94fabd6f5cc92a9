package import Base

/// Finds runs of the engine that take too long: a pure machine that is told the time.
///
/// A run over its time is told to end, which engines do between two operators. One that does not end
/// then is stuck in an operator, and nothing but the end of the process frees its thread.
package struct RunWatch: Sendable {
  /// Far above what any model of today takes for a batch on a processor.
  package static let runTimeoutDefault = Duration.seconds(60)
  /// From being told to end until a run counts as hung: the slowest operators are that slow.
  package static let endTimeout = Duration.seconds(10)

  package struct Findings: Sendable, Hashable {
    /// To be told to end now.
    package var overdue: [BatchQueue.RunID] = []
    /// They were told, and do not end.
    package var hung: [BatchQueue.RunID] = []

    package init(overdue: [BatchQueue.RunID] = [], hung: [BatchQueue.RunID] = []) {
      self.overdue = overdue
      self.hung = hung
    }
  }

  private struct Watched {
    var endBy: MonotonicInstant
    /// When it was first seen to have been told to end.
    var toldAt: MonotonicInstant?
    /// It was told because it took too long.
    var isOverdue = false
  }

  package let runTimeout: Duration
  private var runs: [BatchQueue.RunID: Watched] = [:]

  package init(runTimeout: Duration = RunWatch.runTimeoutDefault) {
    self.runTimeout = runTimeout
  }

  package mutating func began(_ run: BatchQueue.RunID, now: MonotonicInstant) {
    runs[run] = Watched(endBy: now.advanced(by: runTimeout))
  }

  /// - Returns: whether it had been told to end because it took too long.
  package mutating func ended(_ run: BatchQueue.RunID) -> Bool {
    runs.removeValue(forKey: run)?.isOverdue == true
  }

  /// - Parameter isTold: whether a run was told to end, by whomever.
  package mutating func look(
    now: MonotonicInstant, isTold: (BatchQueue.RunID) -> Bool
  ) -> Findings {
    var findings = Findings()
    for run in runs.keys.sorted() {
      guard var watched = runs[run] else { continue }
      if watched.toldAt == nil, isTold(run) { watched.toldAt = now }
      if let told = watched.toldAt {
        if told.advanced(by: Self.endTimeout) <= now { findings.hung.append(run) }
      } else if watched.endBy <= now {
        watched.toldAt = now
        watched.isOverdue = true
        findings.overdue.append(run)
      }
      runs[run] = watched
    }
    return findings
  }
}
