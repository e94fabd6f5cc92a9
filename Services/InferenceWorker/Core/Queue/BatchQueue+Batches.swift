internal import Base

/// Which calls leave together.
extension BatchQueue {
  /// A batch is divided among instances only if that makes it a fifth faster: what has no row to
  /// speak of, but a price for each run, is better off whole.
  private static let divisionGain: (numerator: UInt64, denominator: UInt64) = (4, 5)

  /// Of the signature whose first call has the earliest turn; nil if nothing waits.
  mutating func nextLane() -> Int? {
    guard waitingTotal > 0 else { return nil }
    var best: (lane: Int, entry: TicketHeap.Entry)?
    for lane in lanes.indices where lanes[lane].calls > 0 {
      guard let entry = firstWaiting(in: lane) else { continue }
      if let known = best?.entry, known < entry { continue }
      best = (lane, entry)
    }
    return best?.lane
  }

  /// Takes the longest run of calls, in the order of their turns, that fits and is done before the
  /// earliest of their deadlines. Nil if all of them were too late.
  mutating func start(
    from lane: Int, now: MonotonicInstant, expired: inout [AdmissionTicket]
  ) -> Run? {
    var tickets: [AdmissionTicket] = []
    var rows = 0
    var tightest = MonotonicInstant.distantFuture
    var magnitude = 0
    let rowsMax = rowsMax(in: lane)
    while let entry = firstWaiting(in: lane), let call = calls[entry.ticket] {
      if !canMake(call.deadline, rows: call.rows, magnitude: call.magnitude, now: now) {
        // Its own time would not do even if it ran alone.
        if call.deadline > now { latencies.doubt(magnitude: call.magnitude) }
        remove(entry.ticket, call)
        expired.append(entry.ticket)
        continue
      }
      if !tickets.isEmpty {
        let deadline = min(tightest, call.deadline)
        guard lane != 0, rows + call.rows <= rowsMax,
          canMake(deadline, rows: rows + call.rows, magnitude: call.magnitude, now: now)
        else { break }
      }
      tightest = min(tightest, call.deadline)
      rows += call.rows
      magnitude = call.magnitude
      leaveLane(entry.ticket, call)
      tickets.append(entry.ticket)
    }
    guard !tickets.isEmpty else { return nil }
    return begin(tickets, rows: rows, lane: lane, magnitude: magnitude, now: now)
  }

  /// A part of a batch that failed, as far as somebody waits for it.
  mutating func start(
    retrying part: [AdmissionTicket], now: MonotonicInstant, expired: inout [AdmissionTicket]
  ) -> Run? {
    var tickets: [AdmissionTicket] = []
    var rows = 0
    var first: Call?
    for (index, ticket) in part.enumerated() {
      guard let call = calls[ticket], case .retrying = call.place else { continue }
      guard mayBatch || tickets.isEmpty else {
        retries.insert(Array(part[index...]), at: 0)
        break
      }
      guard call.deadline > now else {
        calls[ticket] = nil
        expired.append(ticket)
        continue
      }
      first = first ?? call
      rows += call.rows
      tickets.append(ticket)
    }
    guard let first else { return nil }
    return begin(tickets, rows: rows, lane: first.lane, magnitude: first.magnitude, now: now)
  }

  private mutating func begin(
    _ tickets: [AdmissionTicket], rows: Int, lane: Int, magnitude: Int, now: MonotonicInstant
  ) -> Run {
    let id = RunID(number: nextRunNumber)
    nextRunNumber += 1
    let isWide =
      limits.hasWideInstance && running.isEmpty && waitingTotal == 0 && retries.isEmpty
    for ticket in tickets { calls[ticket]?.place = .running(id) }
    let expected =
      (isWide ? wideLatencies : latencies).nanoseconds(rows: rows, magnitude: magnitude)
      ?? latencies.nanoseconds(rows: rows, magnitude: magnitude) ?? 0
    running[id] = Running(
      tickets: tickets, rows: rows, startedAt: now,
      expectedEnd: now.advanced(byNanoseconds: expected), lane: lane, magnitude: magnitude,
      isWide: isWide, wanted: tickets.count)
    hasWideRun = hasWideRun || isWide
    return Run(id: id, tickets: tickets, isWide: isWide)
  }

  /// What one instance takes of a signature's calls: all that fits, unless the work is done sooner when
  /// every instance gets its part.
  private func rowsMax(in lane: Int) -> Int {
    guard mayBatch, lane != 0 else { return 1 }
    guard limits.instances > 1 else { return limits.rowsMax }
    let whole = min(lanes[lane].rows, limits.rowsMax)
    let runningRows = running.values.reduce(0) { $0 + ($1.lane == lane ? $1.rows : 0) }
    let share = (lanes[lane].rows + runningRows + limits.instances - 1) / limits.instances
    let magnitude = lanes[lane].magnitude
    guard share < whole,
      let together = latencies.nanoseconds(rows: whole, magnitude: magnitude),
      let apart = latencies.nanoseconds(rows: share, magnitude: magnitude),
      apart < together / Self.divisionGain.denominator * Self.divisionGain.numerator
    else { return limits.rowsMax }
    return max(share, 1)
  }

  /// Whether a run that starts now ends before `deadline`, by what was measured.
  private func canMake(
    _ deadline: MonotonicInstant, rows: Int, magnitude: Int, now: MonotonicInstant
  ) -> Bool {
    guard deadline != .distantFuture else { return true }
    let time = latencies.nanoseconds(rows: rows, magnitude: magnitude) ?? 0
    return deadline > now && now.advanced(byNanoseconds: time) <= deadline
  }

  // MARK: Lanes

  mutating func insert(_ ticket: AdmissionTicket, _ call: Call) {
    waitingTotal += 1
    lanes[call.lane].heap.insert(.init(turn: call.turn, ticket: ticket))
    lanes[call.lane].calls += 1
    lanes[call.lane].rows += call.rows
    lanes[call.lane].rowsAt[call.level] += call.rows
    lanes[call.lane].magnitude = call.magnitude
  }

  /// Forgets a waiting call.
  mutating func remove(_ ticket: AdmissionTicket, _ call: Call) {
    leaveLane(ticket, call)
    calls[ticket] = nil
  }

  /// A call waits no more. Its entry is skipped when it comes up.
  private mutating func leaveLane(_ ticket: AdmissionTicket, _ call: Call) {
    waitingTotal -= 1
    if let share = shares[call.key] {
      shares[call.key] =
        share.calls > 1 ? Share(calls: share.calls - 1, nextTurn: share.nextTurn) : nil
    }
    if lanes[call.lane].heap.first?.ticket == ticket { lanes[call.lane].heap.removeFirst() }
    lanes[call.lane].calls -= 1
    lanes[call.lane].rows -= call.rows
    lanes[call.lane].rowsAt[call.level] -= call.rows
    closeIfEmpty(call.lane)
  }

  /// Gives a lane without calls to the next signature that needs one.
  mutating func closeIfEmpty(_ lane: Int) {
    guard lanes[lane].calls == 0 else { return }
    guard let signature = lanes[lane].signature else {
      lanes[lane] = Lane()
      return
    }
    laneOf[signature] = nil
    lanes[lane] = Lane()
    freeLanes.append(lane)
  }

  private mutating func firstWaiting(in lane: Int) -> TicketHeap.Entry? {
    while let entry = lanes[lane].heap.first {
      if let call = calls[entry.ticket], case .waiting = call.place { return entry }
      lanes[lane].heap.removeFirst()
    }
    return nil
  }

  /// Frees the places of calls that no longer wait once they are most of a lane.
  mutating func compact(_ lane: Int) {
    guard lanes[lane].heap.count > 2 * lanes[lane].calls + 32 else { return }
    let calls = calls
    lanes[lane].heap.removeAll { ticket in
      guard case .waiting = calls[ticket]?.place else { return true }
      return false
    }
  }
}
