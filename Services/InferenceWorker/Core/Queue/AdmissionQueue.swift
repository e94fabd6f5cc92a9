package import Base

/// Decides which calls may wait for the engine and which of them is next: a pure machine without a
/// clock of its own.
///
/// First come, first served within a priority; higher priorities first. Whatever can't be served in
/// time is refused when it comes, not when its time is over, and never reaches the engine.
package struct AdmissionQueue: Sendable {
  package struct Limits: Sendable, Hashable {
    /// Calls that may wait beyond those that run.
    package var waitingMax: Int
    /// Calls that run at once: the pool's threads.
    package var runningMax: Int

    package init(waitingMax: Int, runningMax: Int) {
      precondition(waitingMax > 0 && runningMax > 0, "a queue needs room and a thread")
      self.waitingMax = waitingMax
      self.runningMax = runningMax
    }
  }

  /// What a free thread is to do.
  package struct Turn: Sendable, Hashable {
    /// Nil if nothing waits.
    package var run: AdmissionTicket?
    /// Dropped on the way: their deadlines have passed.
    package var expired: [AdmissionTicket] = []
  }

  /// What became of a call that nobody waits for any more.
  package enum Cancellation: Sendable, Hashable {
    /// It was waiting and is gone.
    case dropped
    /// The engine is at it.
    case running
    /// It has ended already.
    case unknown
  }

  /// Priorities 0 to 3; higher numbers count as 3.
  package static let prioritiesMax = 4
  /// Retry times stay within these, however odd the measurements.
  package static let retryAfterRange: ClosedRange<Duration> = .milliseconds(1)...(.seconds(30))
  /// Advice before anything has been measured.
  package static let retryAfterUnmeasured: Duration = .milliseconds(100)

  package let limits: Limits
  package private(set) var runTime: RunTimeEstimate
  package private(set) var isDraining = false
  /// By priority, the lowest first. Tickets that no longer wait are skipped when their turn comes.
  private var lines: [Line]
  private var waiting: [AdmissionTicket: Waiting] = [:]
  private var running: [AdmissionTicket: MonotonicInstant] = [:]
  /// No waiting call's deadline is before this.
  private var earliestDeadline = MonotonicInstant.distantFuture
  private var nextNumber: UInt64 = 1

  private struct Waiting {
    var priority: Int
    var deadline: MonotonicInstant
  }

  private struct Line {
    var tickets: [AdmissionTicket] = []
    var head = 0
    /// Tickets in it that still wait.
    var count = 0
  }

  package init(limits: Limits, runTime: RunTimeEstimate = RunTimeEstimate()) {
    self.limits = limits
    self.runTime = runTime
    lines = [Line](repeating: Line(), count: Self.prioritiesMax)
  }

  package var waitingCount: Int { waiting.count }
  package var runningCount: Int { running.count }
  package var isIdle: Bool { waiting.isEmpty && running.isEmpty }

  // MARK: Verbs

  /// Lets a call wait. Call `dropExpired` before, so that the dead don't keep the living out.
  package mutating func admit(
    priority: UInt32, deadline: MonotonicInstant, now: MonotonicInstant
  ) throws(QueueRefusal) -> AdmissionTicket {
    guard !isDraining else { throw .draining }
    guard deadline > now else { throw .expired }
    guard waiting.count + running.count < limits.waitingMax + limits.runningMax else {
      throw .full(waiting: waiting.count, retryAfter: retryAfterFull)
    }
    let level = min(Int(priority), Self.prioritiesMax - 1)
    let wait = predictedWaitNanoseconds(behind: lines[level...].reduce(0) { $0 + $1.count })
    guard now.advanced(byNanoseconds: wait) < deadline else {
      let excess = wait - min(wait, deadline.nanoseconds(since: now))
      throw .wouldExpire(
        predictedWait: .nanoseconds(Int64(clamping: wait)), retryAfter: Self.retry(after: excess))
    }
    let ticket = AdmissionTicket(number: nextNumber)
    nextNumber += 1
    waiting[ticket] = Waiting(priority: level, deadline: deadline)
    lines[level].tickets.append(ticket)
    lines[level].count += 1
    earliestDeadline = min(earliestDeadline, deadline)
    return ticket
  }

  /// The call that runs next, which counts as running from now on.
  ///
  /// One at a time: a batcher takes its place by taking several tickets here.
  package mutating func take(now: MonotonicInstant) -> Turn {
    var turn = Turn()
    for level in lines.indices.reversed() {
      while let ticket = popFirst(of: level) {
        guard let call = waiting.removeValue(forKey: ticket) else { continue }
        lines[level].count -= 1
        guard call.deadline > now else {
          turn.expired.append(ticket)
          continue
        }
        running[ticket] = now
        turn.run = ticket
        return turn
      }
    }
    earliestDeadline = .distantFuture
    return turn
  }

  /// The engine is done with a call.
  /// - Parameter isMeasured: false if it was ended early: that says nothing of the next ones.
  package mutating func finish(
    _ ticket: AdmissionTicket, now: MonotonicInstant, isMeasured: Bool = true
  ) {
    guard let startedAt = running.removeValue(forKey: ticket), isMeasured else { return }
    runTime.add(nanoseconds: now.nanoseconds(since: startedAt))
  }

  package mutating func cancel(_ ticket: AdmissionTicket) -> Cancellation {
    guard let call = waiting.removeValue(forKey: ticket) else {
      return running[ticket] == nil ? .unknown : .running
    }
    lines[call.priority].count -= 1
    compact(call.priority)
    return .dropped
  }

  /// Drops every waiting call whose deadline has passed. Costs nothing while none has.
  package mutating func dropExpired(now: MonotonicInstant) -> [AdmissionTicket] {
    guard earliestDeadline <= now else { return [] }
    var expired: [AdmissionTicket] = []
    var earliest = MonotonicInstant.distantFuture
    for (ticket, call) in waiting {
      if call.deadline <= now {
        expired.append(ticket)
      } else {
        earliest = min(earliest, call.deadline)
      }
    }
    for ticket in expired { _ = cancel(ticket) }
    earliestDeadline = earliest
    return expired.sorted()
  }

  /// From now on every call is refused; those admitted go on.
  package mutating func startDraining() {
    isDraining = true
  }

  /// Drops every waiting call and names those that run.
  package mutating func abandonAll() -> (dropped: [AdmissionTicket], running: [AdmissionTicket]) {
    let dropped = waiting.keys.sorted()
    for ticket in dropped { _ = cancel(ticket) }
    return (dropped, running.keys.sorted())
  }

  // MARK: Predictions

  /// How long a call would wait behind this many others: 0 while a thread is free.
  private func predictedWaitNanoseconds(behind ahead: Int) -> UInt64 {
    guard let mean = runTime.meanNanoseconds else { return 0 }
    let places = ahead + running.count - limits.runningMax + 1
    guard places > 0 else { return 0 }
    let (product, overflow) = mean.multipliedReportingOverflow(by: UInt64(places))
    return overflow ? .max : product / UInt64(limits.runningMax)
  }

  /// Until half of those that wait have gone: coming back for the first free place would find it
  /// taken by the others that were refused.
  private var retryAfterFull: Duration {
    guard let mean = runTime.meanNanoseconds else { return Self.retryAfterUnmeasured }
    let (product, overflow) = mean.multipliedReportingOverflow(by: UInt64(waiting.count + 1) / 2)
    return Self.retry(after: overflow ? .max : product / UInt64(limits.runningMax))
  }

  private static func retry(after nanoseconds: UInt64) -> Duration {
    min(
      max(.nanoseconds(Int64(clamping: nanoseconds)), retryAfterRange.lowerBound),
      retryAfterRange.upperBound)
  }

  // MARK: Lines

  private mutating func popFirst(of level: Int) -> AdmissionTicket? {
    guard lines[level].head < lines[level].tickets.count else { return nil }
    let ticket = lines[level].tickets[lines[level].head]
    lines[level].head += 1
    compact(level)
    return ticket
  }

  /// Frees the places of tickets that no longer wait once they are most of the line, so that the
  /// line never has more than twice the waiting calls and a constant.
  private mutating func compact(_ level: Int) {
    let line = lines[level]
    guard line.tickets.count > 2 * line.count + 32 else { return }
    let rest = line.tickets[line.head...].filter { waiting[$0] != nil }
    lines[level] = Line(tickets: rest, count: line.count)
  }
}
