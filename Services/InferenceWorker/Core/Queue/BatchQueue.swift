package import Base

/// Decides which calls may wait for the engine, and which of them run next and together: a pure
/// machine that is told the time and never waits for it.
///
/// An instance is a thread that runs one batch at a time. A free instance gets what waits at once;
/// what has to wait leaves in the largest batch of equal signatures that its tightest deadline allows.
/// What can't be served in time is refused when it comes, and never reaches the engine.
package struct BatchQueue: ~Copyable {
  package struct Limits: Sendable, Hashable {
    /// Calls that may wait beyond those that run.
    package var waitingMax: Int
    /// Batches that run at once.
    package var instances: Int
    /// Rows of one batch; 1 if the model takes no batches.
    package var rowsMax: Int
    /// Whether one batch may run on all cores, while nothing else runs.
    package var hasWideInstance: Bool
    /// A call that has waited so long goes before later calls of the next higher priority.
    package var ageing: Duration

    package init(
      waitingMax: Int, instances: Int, rowsMax: Int = 1, hasWideInstance: Bool = false,
      ageing: Duration = .milliseconds(250)
    ) {
      precondition(
        waitingMax > 0 && instances > 0 && rowsMax > 0, "a queue needs room and a thread")
      self.waitingMax = waitingMax
      self.instances = instances
      self.rowsMax = rowsMax
      self.hasWideInstance = hasWideInstance
      self.ageing = ageing
    }
  }

  /// Names one run of the engine.
  package struct RunID: Sendable, Hashable, Comparable {
    let number: UInt64

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
  }

  /// Calls that run together from now on.
  package struct Run: Sendable, Hashable {
    package let id: RunID
    /// In the order of their turns; several only if their signatures are equal.
    package let tickets: [AdmissionTicket]
    /// Nothing else runs or waits: it may use every core.
    package let isWide: Bool
  }

  /// What a free instance is to do.
  package struct Turn: Sendable, Hashable {
    /// Nil if nothing waits that may run now.
    package var run: Run?
    /// Dropped on the way: their deadlines have passed, or will before the engine can have answered.
    package var expired: [AdmissionTicket] = []
    /// Something still waits and another instance is free: wake it.
    package var wantsAnother = false
  }

  /// How a run ended.
  package enum Ending: Sendable, Hashable {
    case completed
    /// The engine failed. If several ran together the fault may lie with one of them.
    case failed
    /// It was ended early: that says nothing of the next ones.
    case terminated
  }

  /// What becomes of the calls of a run that has ended.
  package struct Finish: Sendable, Hashable {
    /// They get the run's result.
    package var answered: [AdmissionTicket] = []
    /// Nobody waits for them any more.
    package var gone: [AdmissionTicket] = []
    /// The others run again in halves, so that only the guilty one fails.
    package var isSplit = false
    /// Nanoseconds of computing that nobody has anything of.
    package var wasted: [WasteCause: UInt64] = [:]
    package var rows = 0
  }

  /// What became of a call that nobody waits for any more.
  package enum Cancellation: Sendable, Hashable {
    /// It was waiting and is gone.
    case dropped
    /// It runs, with others that are still waited for.
    case running
    /// It runs, and nobody waits for anything in its run: end it.
    case last(RunID)
    /// It has ended already.
    case unknown
  }

  /// Priorities 0 to 3; higher numbers count as 3.
  package static let prioritiesMax = 4
  /// Retry times stay within these, however odd the measurements.
  package static let retryAfterRange: ClosedRange<Duration> = .milliseconds(1)...(.seconds(30))
  /// Advice before anything has been measured.
  package static let retryAfterUnmeasured: Duration = .milliseconds(100)
  /// One key may take as many waiting places as this times those that are free (dynamic thresholds,
  /// Choudhury and Hahne 1998): alone it gets four fifths, and there is always room for another.
  package static let keyShare = 4

  struct Call {
    enum Place {
      case waiting
      case retrying
      case running(RunID)
      case gone(RunID, WasteCause)
    }

    var rows: Int
    var level: Int
    var magnitude: Int
    /// Its place in `lanes`.
    var lane: Int
    var turn: Int64
    var deadline: MonotonicInstant
    var key: UInt64
    var place = Place.waiting
  }

  /// Calls of one signature.
  struct Lane {
    /// Nil for the calls that share their run with nobody, and in a lane that is free.
    var signature: BatchSignature?
    var heap = TicketHeap()
    /// Calls in it that still wait, and their rows.
    var calls = 0
    var rows = 0
    /// By priority.
    var rowsAt = [Int](repeating: 0, count: BatchQueue.prioritiesMax)
    /// Of its latest call.
    var magnitude = 0
  }

  struct Running {
    var tickets: [AdmissionTicket]
    var rows: Int
    var startedAt: MonotonicInstant
    var expectedEnd: MonotonicInstant
    var lane: Int
    var magnitude: Int
    var isWide: Bool
    /// Calls that somebody waits for.
    var wanted: Int
  }

  /// A caller with calls that wait.
  struct Share {
    var calls = 0
    /// When its next call would have its turn if every caller had the same part of the engine.
    var nextTurn: UInt64 = 0
  }

  package let limits: Limits
  package internal(set) var latencies: BatchLatencies
  /// Of runs on all cores.
  var wideLatencies = BatchLatencies()
  package private(set) var isDraining = false
  /// False once a batch has shown that its rows are not answered one by one.
  package private(set) var mayBatch = true
  var calls: [AdmissionTicket: Call] = [:]
  var waitingTotal = 0
  /// The first is for the calls that share their run with nobody.
  var lanes: [Lane] = [Lane()]
  /// Those that have calls.
  var laneOf: [BatchSignature: Int] = [:]
  var freeLanes: [Int] = []
  var running: [RunID: Running] = [:]
  var hasWideRun = false
  /// Parts of failed batches; they have waited already and go first.
  var retries: [[AdmissionTicket]] = []
  var shares: [UInt64: Share] = [:]
  /// No waiting call's deadline is before this.
  private var earliestDeadline = MonotonicInstant.distantFuture
  private var nextNumber: UInt64 = 1
  var nextRunNumber: UInt64 = 1

  package init(limits: Limits, latencies: BatchLatencies = BatchLatencies()) {
    self.limits = limits
    self.latencies = latencies
  }

  package var waitingCount: Int { waitingTotal }
  package var runningCount: Int { calls.count - waitingTotal }
  package var isIdle: Bool { calls.isEmpty }
  var freeInstances: Int { hasWideRun ? 0 : max(0, limits.instances - running.count) }

  // MARK: Verbs

  /// Lets a call wait. Call `dropExpired` before, so that the dead don't keep the living out.
  package mutating func admit(
    _ call: QueuedCall, now: MonotonicInstant
  ) throws(QueueRefusal) -> AdmissionTicket {
    guard !isDraining else { throw .draining }
    guard call.deadline > now else { throw .expired }
    var share = shares[call.sharingKey] ?? Share()
    let free = limits.waitingMax + freeInstances - waitingTotal
    guard free > 0, share.calls < Self.keyShare * free else {
      throw .full(waiting: waitingTotal, retryAfter: retryAfterFull)
    }
    let level = min(Int(call.priority), Self.prioritiesMax - 1)
    let ownTurn = share.calls == 0 ? now.nanoseconds : max(now.nanoseconds, share.nextTurn)
    let headStart = limits.ageing.wholeNanoseconds * Int64(level)
    let mine = Call(
      rows: call.rows, level: level,
      magnitude: BatchLatencies.magnitude(ofBytes: call.bytesPerRow),
      lane: lane(of: call), turn: Int64(clamping: ownTurn) - headStart, deadline: call.deadline,
      key: call.sharingKey)
    do throws(QueueRefusal) {
      try checkTime(of: mine, now: now)
    } catch {
      closeIfEmpty(mine.lane)
      throw error
    }
    let ticket = AdmissionTicket(number: nextNumber)
    nextNumber += 1
    share.calls += 1
    let keys = shares.count + (share.calls == 1 ? 1 : 0)
    share.nextTurn = ownTurn + turnNanoseconds(of: call, keys: keys)
    shares[call.sharingKey] = share
    calls[ticket] = mine
    insert(ticket, mine)
    earliestDeadline = min(earliestDeadline, call.deadline)
    return ticket
  }

  /// What a free instance runs next, which counts as running from now on.
  package mutating func next(now: MonotonicInstant) -> Turn {
    var turn = Turn()
    guard freeInstances > 0 else { return turn }
    while turn.run == nil, let part = retries.first {
      retries.removeFirst()
      turn.run = start(retrying: part, now: now, expired: &turn.expired)
    }
    while turn.run == nil, let lane = nextLane() {
      turn.run = start(from: lane, now: now, expired: &turn.expired)
    }
    turn.wantsAnother = freeInstances > 0 && (waitingTotal > 0 || !retries.isEmpty)
    return turn
  }

  /// The engine is done with a run.
  /// - Parameter paddingShare: of its elements, how many were added to make lengths equal.
  package mutating func finish(
    _ id: RunID, now: MonotonicInstant, _ ending: Ending, paddingShare: Double = 0
  ) -> Finish {
    guard let run = running.removeValue(forKey: id) else { return Finish() }
    if run.isWide { hasWideRun = false }
    let elapsed = now.nanoseconds(since: run.startedAt)
    if ending == .completed { learn(run, elapsed) }
    var finish = Finish(rows: run.rows)
    for ticket in run.tickets {
      guard let call = calls[ticket] else { continue }
      switch call.place {
      case .gone(_, let cause):
        finish.gone.append(ticket)
        finish.wasted[cause, default: 0] += Self.part(elapsed, call.rows, of: run.rows)
        calls[ticket] = nil
      case .running:
        finish.answered.append(ticket)
        if ending == .failed {
          finish.wasted[.failed, default: 0] += Self.part(elapsed, call.rows, of: run.rows)
        }
      case .waiting, .retrying: break
      }
    }
    if ending == .completed, paddingShare > 0 {
      finish.wasted[.padding, default: 0] += UInt64(Double(elapsed) * min(paddingShare, 1))
    }
    if ending == .failed, run.tickets.count > 1 {
      split(finish.answered)
      finish.answered = []
      finish.isSplit = true
    }
    for ticket in finish.answered { calls[ticket] = nil }
    return finish
  }

  /// Nobody waits for a call any more.
  package mutating func cancel(
    _ ticket: AdmissionTicket, for cause: WasteCause = .cancelled
  ) -> Cancellation {
    guard let call = calls[ticket] else { return .unknown }
    switch call.place {
    case .waiting:
      remove(ticket, call)
      compact(call.lane)
      return .dropped
    case .retrying:
      calls[ticket] = nil
      return .dropped
    case .running(let id):
      calls[ticket]?.place = .gone(id, cause)
      running[id]?.wanted -= 1
      return running[id]?.wanted == 0 ? .last(id) : .running
    case .gone: return .unknown
    }
  }

  /// Drops every waiting call whose deadline has passed. Costs nothing while none has.
  package mutating func dropExpired(now: MonotonicInstant) -> [AdmissionTicket] {
    guard earliestDeadline <= now else { return [] }
    var expired: [AdmissionTicket] = []
    var earliest = MonotonicInstant.distantFuture
    for (ticket, call) in calls {
      guard case .waiting = call.place else { continue }
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

  /// A batch has shown that the model does not answer row by row: from now on each call runs alone.
  package mutating func forbidBatches() {
    mayBatch = false
  }

  /// Drops every waiting call, and names the runs that go on for nobody.
  package mutating func abandonAll() -> (dropped: [AdmissionTicket], running: [RunID]) {
    var dropped: [AdmissionTicket] = []
    for ticket in calls.keys.sorted() where cancel(ticket, for: .drained) == .dropped {
      dropped.append(ticket)
    }
    retries = []
    return (dropped, running.keys.sorted())
  }

  // MARK: Private

  private mutating func lane(of call: QueuedCall) -> Int {
    guard mayBatch, let signature = call.signature, limits.rowsMax > 1,
      (1...limits.rowsMax).contains(call.rows)
    else { return 0 }
    if let known = laneOf[signature] { return known }
    let lane: Int
    if let free = freeLanes.popLast() {
      lane = free
      lanes[lane] = Lane(signature: signature)
    } else {
      lane = lanes.count
      lanes.append(Lane(signature: signature))
    }
    laneOf[signature] = lane
    return lane
  }

  /// By how much a caller's turn moves on with a call: the time that the call takes of the engine, as
  /// often as there are callers.
  private func turnNanoseconds(of call: QueuedCall, keys: Int) -> UInt64 {
    // Any distance keeps callers' calls interleaved before something was measured.
    let row = latencies.rowNanoseconds ?? 1_000_000
    let (work, overflow) = row.multipliedReportingOverflow(by: UInt64(max(call.rows, 1) * keys))
    // Beyond hours it makes no difference, and sums of it must not overflow.
    return min(overflow ? .max : work / UInt64(limits.instances), 1 << 48)
  }

  private mutating func learn(_ run: Running, _ elapsed: UInt64) {
    if run.isWide {
      wideLatencies.add(rows: run.rows, magnitude: run.magnitude, nanoseconds: elapsed)
    } else {
      latencies.add(rows: run.rows, magnitude: run.magnitude, nanoseconds: elapsed)
    }
  }

  private static func part(_ elapsed: UInt64, _ rows: Int, of all: Int) -> UInt64 {
    UInt64(Double(elapsed) * Double(rows) / Double(max(all, 1)))
  }

  private mutating func split(_ tickets: [AdmissionTicket]) {
    guard !tickets.isEmpty else { return }
    for ticket in tickets { calls[ticket]?.place = .retrying }
    let middle = (tickets.count + 1) / 2
    retries.append(Array(tickets[..<middle]))
    if middle < tickets.count { retries.append(Array(tickets[middle...])) }
  }
}
