import Base
import InferenceWorkerCore

/// Stands for the engine and its threads before a queue, in a time of its own: a run is done when a test
/// says so. It holds the queue to what must be true whatever happens.
final class PuppetEngine {
  enum Answer: Equatable {
    case result
    case failure
    case expired
  }

  var queue: BatchQueue
  private(set) var now = MonotonicInstant(nanoseconds: 1_000_000_000)
  /// Runs that have begun and not ended, oldest first.
  private(set) var runs: [BatchQueue.Run] = []
  private(set) var answers: [AdmissionTicket: Answer] = [:]
  /// Every run that began.
  private(set) var history: [BatchQueue.Run] = []
  private(set) var wasted: [WasteCause: UInt64] = [:]
  /// What went wrong, in words.
  private(set) var faults: [String] = []
  private var waiting: [AdmissionTicket: QueuedCall] = [:]
  private var cancelled: Set<AdmissionTicket> = []

  init(_ limits: BatchQueue.Limits, latencies: BatchLatencies = BatchLatencies()) {
    queue = BatchQueue(limits: limits, latencies: latencies)
  }

  var isIdle: Bool { queue.isIdle }
  var waitingCount: Int { queue.waitingCount }

  func advance(_ duration: Duration) { now = now.advanced(by: duration) }

  /// A call comes. Idle instances look for work only when `work` is called.
  func admit(_ call: QueuedCall) throws(QueueRefusal) -> AdmissionTicket {
    for ticket in queue.dropExpired(now: now) { end(ticket, .expired) }
    let ticket = try queue.admit(call, now: now)
    waiting[ticket] = call
    return ticket
  }

  /// Every idle instance takes what it gets.
  func work() {
    while true {
      let turn = queue.next(now: now)
      for ticket in turn.expired { end(ticket, .expired) }
      guard let run = turn.run else { break }
      check(run)
      runs.append(run)
      history.append(run)
    }
    if runs.count < queue.limits.instances, !runs.contains(where: \.isWide),
      queue.waitingCount > 0
    {
      faults.append("\(queue.waitingCount) calls wait although an instance is idle")
    }
  }

  /// The oldest run ends, and fails if one of `guilty` is in it.
  func finish(guilty: Set<AdmissionTicket> = [], paddingShare: Double = 0) {
    guard !runs.isEmpty else { return faults.append("nothing runs") }
    let run = runs.removeFirst()
    let fails = run.tickets.contains { guilty.contains($0) }
    let finish = queue.finish(
      run.id, now: now, fails ? .failed : .completed, paddingShare: paddingShare)
    for (cause, nanoseconds) in finish.wasted { wasted[cause, default: 0] += nanoseconds }
    for ticket in finish.answered {
      if !fails, guilty.contains(ticket) { faults.append("\(ticket) did not fail") }
      end(ticket, fails ? .failure : .result)
    }
    for ticket in finish.gone where !cancelled.contains(ticket) {
      faults.append("\(ticket) is gone although somebody waits for it")
    }
  }

  func cancel(_ ticket: AdmissionTicket) -> BatchQueue.Cancellation {
    cancelled.insert(ticket)
    return queue.cancel(ticket)
  }

  private func end(_ ticket: AdmissionTicket, _ answer: Answer) {
    if answers[ticket] != nil { faults.append("\(ticket) is answered twice") }
    if cancelled.contains(ticket) { faults.append("\(ticket) is answered although cancelled") }
    answers[ticket] = answer
  }

  private func check(_ run: BatchQueue.Run) {
    let calls = run.tickets.compactMap { waiting[$0] }
    if Set(calls.map(\.signature)).count > 1 { faults.append("\(run) has several signatures") }
    if calls.count > 1, calls[0].signature == nil {
      faults.append("\(run) has calls of no signature")
    }
    if calls.count > 1, calls.reduce(0, { $0 + $1.rows }) > queue.limits.rowsMax {
      faults.append("\(run) has too many rows")
    }
    for (ticket, call) in zip(run.tickets, calls) {
      if call.deadline <= now { faults.append("\(ticket) runs after its deadline") }
      if cancelled.contains(ticket) { faults.append("\(ticket) runs although cancelled") }
    }
  }
}
