import Base
import InferenceWorkerCore
import Testing

@Suite struct AdmissionQueueTests {
  private let start = MonotonicInstant(nanoseconds: 1_000_000_000)

  private func queue(
    waitingMax: Int = 4, runningMax: Int = 1, run: Duration? = nil
  ) -> AdmissionQueue {
    AdmissionQueue(
      limits: .init(waitingMax: waitingMax, runningMax: runningMax),
      runTime: RunTimeEstimate(first: run))
  }

  private func at(_ duration: Duration) -> MonotonicInstant { start.advanced(by: duration) }

  @Test func `higher priorities go first and equals in the order in which they came`() throws {
    var queue = queue(waitingMax: 8)
    let tickets = try [0, 2, 0, 9, 2].map { priority in
      try queue.admit(priority: priority, deadline: .distantFuture, now: start)
    }
    var order: [AdmissionTicket] = []
    while let ticket = queue.take(now: start).run {
      order.append(ticket)
      queue.finish(ticket, now: start)
    }
    #expect(order == [3, 1, 4, 0, 2].map { tickets[$0] })
    #expect(queue.isIdle)
  }

  @Test func `a call whose deadline passes while it waits is dropped and never runs`() throws {
    var queue = queue()
    let dead = try queue.admit(priority: 0, deadline: at(.milliseconds(5)), now: start)
    let alive = try queue.admit(priority: 0, deadline: at(.milliseconds(50)), now: start)
    let turn = queue.take(now: at(.milliseconds(5)))
    #expect(turn.run == alive)
    #expect(turn.expired == [dead])
    #expect(queue.waitingCount == 0)
    #expect(queue.runningCount == 1)
  }

  @Test func `a call that comes after its deadline is refused`() {
    var queue = queue()
    #expect(throws: QueueRefusal.expired) {
      try queue.admit(priority: 0, deadline: start, now: start)
    }
  }

  @Test func `a full queue refuses with the time in which half of it is gone`() throws {
    var queue = queue(waitingMax: 4, runningMax: 2, run: .milliseconds(10))
    for _ in 0..<6 {
      _ = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
      if queue.runningCount < 2 { _ = queue.take(now: start) }
    }
    // 4 wait and 2 run: half of 4 at 2 every 10 ms.
    #expect(throws: QueueRefusal.full(waiting: 4, retryAfter: .milliseconds(10))) {
      try queue.admit(priority: 3, deadline: .distantFuture, now: start)
    }
  }

  @Test func `a full queue that has measured nothing gives the default advice`() throws {
    var queue = queue(waitingMax: 1)
    _ = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
    _ = queue.take(now: start)
    _ = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
    let advice = AdmissionQueue.retryAfterUnmeasured
    #expect(throws: QueueRefusal.full(waiting: 1, retryAfter: advice)) {
      try queue.admit(priority: 0, deadline: .distantFuture, now: start)
    }
  }

  @Test func `expired calls make room in a full queue`() throws {
    var queue = queue(waitingMax: 1)
    _ = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
    _ = queue.take(now: start)
    let dead = try queue.admit(priority: 0, deadline: at(.milliseconds(1)), now: start)
    #expect(queue.dropExpired(now: start).isEmpty)
    let later = at(.milliseconds(1))
    #expect(queue.dropExpired(now: later) == [dead])
    #expect(throws: Never.self) {
      try queue.admit(priority: 0, deadline: .distantFuture, now: later)
    }
  }

  @Test(arguments: [
    // (waiting before it, its time, is admitted)
    (0, 1, true), (1, 15, true), (1, 10, false), (3, 31, true), (3, 30, false),
  ]) func `a call that could not be answered in time is refused when it comes`(
    waiting: Int, milliseconds: Int, isAdmitted: Bool
  ) throws {
    var queue = queue(waitingMax: 8, run: .milliseconds(10))
    if waiting > 0 {
      _ = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
      _ = queue.take(now: start)
      for _ in 1..<waiting {
        _ = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
      }
    }
    do throws(QueueRefusal) {
      _ = try queue.admit(priority: 0, deadline: at(.milliseconds(milliseconds)), now: start)
      #expect(isAdmitted)
    } catch {
      #expect(!isAdmitted)
      let missing = Duration.milliseconds(10 * waiting - milliseconds)
      #expect(
        error
          == .wouldExpire(
            predictedWait: .milliseconds(10 * waiting),
            retryAfter: max(missing, .milliseconds(1))))
    }
  }

  @Test func `a higher priority waits only behind its equals`() throws {
    var queue = queue(waitingMax: 8, run: .milliseconds(10))
    _ = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
    _ = queue.take(now: start)
    for _ in 0..<4 { _ = try queue.admit(priority: 0, deadline: .distantFuture, now: start) }
    #expect(throws: QueueRefusal.self) {
      try queue.admit(priority: 0, deadline: at(.milliseconds(20)), now: start)
    }
    #expect(throws: Never.self) {
      try queue.admit(priority: 1, deadline: at(.milliseconds(20)), now: start)
    }
  }

  @Test func `a waiting call can be cancelled, a running one is named, an ended one is unknown`()
    throws
  {
    var queue = queue()
    let first = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
    let second = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
    _ = queue.take(now: start)
    #expect(queue.cancel(first) == .running)
    #expect(queue.cancel(second) == .dropped)
    #expect(queue.cancel(second) == .unknown)
    queue.finish(first, now: start)
    #expect(queue.cancel(first) == .unknown)
    #expect(queue.take(now: start).run == nil)
    #expect(queue.isIdle)
  }

  @Test func `many cancelled calls leave nothing behind for those that wait`() throws {
    var queue = queue(waitingMax: 10)
    let kept = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
    for _ in 0..<10_000 {
      let ticket = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
      #expect(queue.cancel(ticket) == .dropped)
    }
    #expect(queue.waitingCount == 1)
    #expect(queue.take(now: start).run == kept)
  }

  @Test func `a draining queue refuses and lets those that were admitted go on`() throws {
    var queue = queue()
    let admitted = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
    queue.startDraining()
    #expect(throws: QueueRefusal.draining) {
      try queue.admit(priority: 0, deadline: .distantFuture, now: start)
    }
    #expect(queue.take(now: start).run == admitted)
  }

  @Test func `run times follow what is measured, and calls that were ended do not count`() throws {
    var queue = queue(run: .milliseconds(8))
    func run(_ duration: Duration, isMeasured: Bool) throws {
      let ticket = try queue.admit(priority: 0, deadline: .distantFuture, now: start)
      _ = queue.take(now: start)
      queue.finish(ticket, now: at(duration), isMeasured: isMeasured)
    }
    try run(.milliseconds(16), isMeasured: true)
    #expect(queue.runTime.meanNanoseconds == 9_000_000)
    try run(.seconds(10), isMeasured: false)
    #expect(queue.runTime.meanNanoseconds == 9_000_000)
    try run(.milliseconds(1), isMeasured: true)
    #expect(queue.runTime.meanNanoseconds == 8_000_000)
  }
}
