package import Base

/// Says what a pool did since it last said so: a pure machine over counts that only grow.
package struct LoadReporter: Sendable {
  package struct Report: Sendable, Hashable {
    package var calls: UInt64 = 0
    /// Of these, those that were refused for the wait before them.
    package var refused: UInt64 = 0
    /// The mean of what these calls were predicted to wait for an instance.
    package var waitNanoseconds: UInt64 = 0
    /// Thousandths of the time of all instances that were computed.
    package var busyPerMille: UInt32 = 0

    package init(
      calls: UInt64 = 0, refused: UInt64 = 0, waitNanoseconds: UInt64 = 0, busyPerMille: UInt32 = 0
    ) {
      self.calls = calls
      self.refused = refused
      self.waitNanoseconds = waitNanoseconds
      self.busyPerMille = busyPerMille
    }
  }

  private var last: PoolLoad
  private var lastAt: MonotonicInstant

  package init(_ load: PoolLoad, now: MonotonicInstant) {
    last = load
    lastAt = now
  }

  package mutating func report(_ load: PoolLoad, now: MonotonicInstant) -> Report {
    var report = Report()
    report.calls = load.requests &- last.requests
    report.refused = load.crowdedOut &- last.crowdedOut
    if report.calls > 0 {
      report.waitNanoseconds = (load.predictedWait &- last.predictedWait) / report.calls
    }
    let time = now.nanoseconds(since: lastAt)
    if time > 0 {
      // What ended in this time may have begun before it.
      let share =
        Double(load.computed &- last.computed) / (Double(time) * Double(max(load.instances, 1)))
      report.busyPerMille = UInt32(min(share, 1) * 1000)
    }
    last = load
    lastAt = now
    return report
  }
}
