import Base
import InferenceWorkerCore
import Testing

@Suite struct BatchQueueTests {
  private let a = BatchSignature(parts: [1])
  private let b = BatchSignature(parts: [2])

  private func puppet(
    waitingMax: Int = 64, instances: Int = 1, rowsMax: Int = 16, isWide: Bool = false,
    times: [(rows: Int, milliseconds: UInt64)] = []
  ) -> PuppetEngine {
    var latencies = BatchLatencies()
    for (rows, milliseconds) in times {
      latencies.add(
        rows: rows, magnitude: BatchLatencies.magnitude(ofBytes: 1),
        nanoseconds: milliseconds * 1_000_000)
    }
    return PuppetEngine(
      BatchQueue.Limits(
        waitingMax: waitingMax, instances: instances, rowsMax: rowsMax, hasWideInstance: isWide),
      latencies: latencies)
  }

  private func sizes(_ puppet: PuppetEngine) -> [Int] {
    puppet.history.map(\.tickets.count)
  }

  // MARK: Batches

  @Test func `an idle instance gets work at once, and what waits leaves together`() throws {
    let puppet = puppet()
    _ = try puppet.admit(QueuedCall(signature: a))
    puppet.work()
    for _ in 0..<7 { _ = try puppet.admit(QueuedCall(signature: a)) }
    puppet.work()
    #expect(sizes(puppet) == [1])
    puppet.finish()
    puppet.work()
    #expect(sizes(puppet) == [1, 7])
    puppet.finish()
    #expect(puppet.isIdle)
    #expect(puppet.answers.values.allSatisfy { $0 == .result })
    #expect(puppet.faults == [])
  }

  @Test func `only calls of one signature leave together, and no more rows than may`() throws {
    let puppet = puppet(rowsMax: 4)
    _ = try puppet.admit(QueuedCall(signature: a))
    puppet.work()
    for signature in [a, b, a, a, b, nil, nil] {
      _ = try puppet.admit(QueuedCall(signature: signature))
    }
    for _ in 0..<2 { _ = try puppet.admit(QueuedCall(signature: a, rows: 2)) }
    while !puppet.runs.isEmpty {
      puppet.finish()
      puppet.work()
    }
    // a, then a a a (2 rows more are too many), b b, two that stand alone, and the two of 2 rows.
    #expect(sizes(puppet) == [1, 3, 2, 1, 1, 2])
    #expect(puppet.faults == [])
  }

  @Test func `a batch is no larger than its tightest deadline allows`() throws {
    let puppet = puppet(times: [(1, 10), (8, 80)])
    _ = try puppet.admit(QueuedCall(signature: a))
    puppet.work()
    puppet.advance(.milliseconds(10))
    let deadline = puppet.now.advanced(by: .milliseconds(50))
    _ = try puppet.admit(QueuedCall(signature: a, deadline: deadline))
    for _ in 0..<7 { _ = try puppet.admit(QueuedCall(signature: a)) }
    puppet.finish()
    puppet.work()
    #expect(sizes(puppet) == [1, 5])
    #expect(puppet.faults == [])
  }

  @Test func `instances divide what waits where that is faster, and nothing else`() throws {
    for (perBatch, expected) in [(UInt64(160), [8, 8]), (UInt64(11), [16])] {
      let puppet = puppet(instances: 2, times: [(1, 10), (16, perBatch)])
      for _ in 0..<16 { _ = try puppet.admit(QueuedCall(signature: a)) }
      puppet.work()
      #expect(sizes(puppet) == expected)
      #expect(puppet.faults == [])
    }
  }

  @Test func `a call that is alone may have every core, and holds up what comes meanwhile`() throws
  {
    let puppet = puppet(instances: 2, isWide: true)
    _ = try puppet.admit(QueuedCall(signature: a))
    puppet.work()
    #expect(puppet.runs.map(\.isWide) == [true])
    for _ in 0..<3 { _ = try puppet.admit(QueuedCall(signature: nil)) }
    puppet.work()
    #expect(puppet.runs.count == 1)
    puppet.finish()
    puppet.work()
    #expect(puppet.runs.map(\.isWide) == [false, false])
    puppet.finish()
    puppet.finish()
    puppet.work()
    #expect(puppet.runs.map(\.isWide) == [true])
    #expect(puppet.faults == [])
  }

  // MARK: Failures

  @Test(arguments: [[3], [0], [7], [0, 7], [2, 3, 4], [0, 1, 2, 3, 4, 5, 6, 7]])
  func `a failing batch is halved until only the guilty fail`(guilty: [Int]) throws {
    let puppet = puppet()
    _ = try puppet.admit(QueuedCall(signature: a))
    puppet.work()
    let tickets = try (0..<8).map { _ in try puppet.admit(QueuedCall(signature: a)) }
    let guiltyTickets = Set(guilty.map { tickets[$0] })
    while !puppet.runs.isEmpty {
      puppet.advance(.milliseconds(1))
      puppet.finish(guilty: guiltyTickets)
      puppet.work()
    }
    for (index, ticket) in tickets.enumerated() {
      #expect(puppet.answers[ticket] == (guilty.contains(index) ? .failure : .result))
    }
    // One guilty one of 8: the batch, and two runs for each halving.
    if guilty.count == 1 { #expect(puppet.history.count == 1 + 1 + 2 * 3) }
    #expect(puppet.wasted[.failed] ?? 0 > 0)
    #expect(puppet.faults == [])
  }

  @Test func `a model that mixes rows runs each call alone from then on`() throws {
    let puppet = puppet()
    _ = try puppet.admit(QueuedCall(signature: a))
    puppet.work()
    for _ in 0..<3 { _ = try puppet.admit(QueuedCall(signature: a)) }
    puppet.finish()
    puppet.queue.forbidBatches()
    puppet.work()
    _ = try puppet.admit(QueuedCall(signature: a))
    while !puppet.runs.isEmpty {
      puppet.finish()
      puppet.work()
    }
    #expect(sizes(puppet) == [1, 1, 1, 1, 1])
    #expect(puppet.faults == [])
  }

  // MARK: Turns

  @Test func `higher priorities go first and equals in the order in which they came`() throws {
    let puppet = puppet()
    let tickets = try [0, 2, 0, 9, 2].map { try puppet.admit(QueuedCall(priority: $0)) }
    puppet.work()
    while !puppet.runs.isEmpty {
      puppet.finish()
      puppet.work()
    }
    #expect(puppet.history.flatMap(\.tickets) == [3, 1, 4, 0, 2].map { tickets[$0] })
  }

  @Test func `who has waited long enough goes before later calls of higher priority`() throws {
    let puppet = puppet()
    let old = try puppet.admit(QueuedCall(priority: 0))
    puppet.advance(.milliseconds(751))
    let urgent = try puppet.admit(QueuedCall(priority: 3))
    let normal = try puppet.admit(QueuedCall(priority: 0))
    puppet.work()
    while !puppet.runs.isEmpty {
      puppet.finish()
      puppet.work()
    }
    #expect(puppet.history.flatMap(\.tickets) == [old, urgent, normal])
  }

  @Test func `a caller with a hundred calls takes turns with one that has ten`() throws {
    let puppet = puppet(waitingMax: 256, rowsMax: 1, times: [(1, 1)])
    let many = try (0..<100).map { _ in try puppet.admit(QueuedCall(sharingKey: 1)) }
    let few = try (0..<10).map { _ in try puppet.admit(QueuedCall(sharingKey: 2)) }
    puppet.work()
    for _ in 0..<40 {
      puppet.advance(.milliseconds(1))
      puppet.finish()
      puppet.work()
    }
    #expect(few.allSatisfy { puppet.answers[$0] == .result })
    #expect(many.count { puppet.answers[$0] == .result } == 30)
    #expect(puppet.faults == [])
  }

  @Test func `no caller can fill the whole queue`() throws {
    let puppet = puppet(waitingMax: 100)
    _ = try puppet.admit(QueuedCall())
    puppet.work()
    var admitted = 0
    while (try? puppet.admit(QueuedCall(sharingKey: 1))) != nil { admitted += 1 }
    #expect(admitted == 80)
    #expect(throws: Never.self) { try puppet.admit(QueuedCall(sharingKey: 2)) }
  }

  // MARK: Deadlines

  @Test func `a call that comes after its deadline is refused`() {
    let puppet = puppet()
    let now = puppet.now
    #expect(throws: QueueRefusal.expired) { try puppet.admit(QueuedCall(deadline: now)) }
  }

  @Test func `what can't be answered in time is refused at once with a time to come back`() throws {
    let puppet = puppet(rowsMax: 1, times: [(1, 10)])
    for _ in 0..<4 { _ = try puppet.admit(QueuedCall()) }
    puppet.work()
    // One runs and three wait: 40 ms, and 10 of its own.
    let early = puppet.now.advanced(by: .milliseconds(45))
    #expect(
      throws: QueueRefusal.wouldExpire(
        predictedWait: .milliseconds(50), retryAfter: .milliseconds(5))
    ) { try puppet.admit(QueuedCall(deadline: early)) }
    let late = puppet.now.advanced(by: .milliseconds(50))
    #expect(throws: Never.self) { try puppet.admit(QueuedCall(deadline: late)) }
  }

  @Test func `a batch that takes it along counts for its answer, not those before it singly`()
    throws
  {
    let puppet = puppet(times: [(1, 10), (16, 20)])
    for _ in 0..<8 { _ = try puppet.admit(QueuedCall(signature: a)) }
    puppet.work()
    for _ in 0..<8 { _ = try puppet.admit(QueuedCall(signature: a)) }
    let deadline = puppet.now.advanced(by: .milliseconds(35))
    #expect(throws: Never.self) { try puppet.admit(QueuedCall(signature: a, deadline: deadline)) }
  }

  @Test func `a time that even an idle engine would not need is refused, but not for ever`() throws
  {
    let puppet = puppet(times: [(1, 100)])
    func deadline(_ puppet: PuppetEngine) -> MonotonicInstant {
      puppet.now.advanced(by: .milliseconds(60))
    }
    var refusals = 0
    let call = QueuedCall(deadline: deadline(puppet))
    #expect(throws: QueueRefusal.tooShort(needed: .milliseconds(100))) { try puppet.admit(call) }
    while (try? puppet.admit(call)) == nil, refusals < 100 { refusals += 1 }
    #expect((1...10).contains(refusals))
  }

  @Test func `a call whose deadline passes while it waits is dropped and never runs`() throws {
    let puppet = puppet()
    _ = try puppet.admit(QueuedCall(signature: a))
    puppet.work()
    let dead = try puppet.admit(
      QueuedCall(signature: a, deadline: puppet.now.advanced(by: .milliseconds(5))))
    let alive = try puppet.admit(QueuedCall(signature: a))
    puppet.advance(.milliseconds(5))
    puppet.finish()
    puppet.work()
    #expect(puppet.answers[dead] == .expired)
    #expect(puppet.runs.map(\.tickets) == [[alive]])
    #expect(puppet.faults == [])
  }

  @Test func `a full queue refuses with the time in which half of it is gone`() throws {
    let puppet = puppet(waitingMax: 4, instances: 2, times: [(1, 10)])
    for _ in 0..<6 {
      _ = try puppet.admit(QueuedCall(sharingKey: UInt64(puppet.waitingCount)))
      puppet.work()
    }
    #expect(throws: QueueRefusal.full(waiting: 4, retryAfter: .milliseconds(10))) {
      try puppet.admit(QueuedCall(priority: 3))
    }
  }

  // MARK: Ends

  @Test func `what was computed for nobody is counted by its cause`() throws {
    let puppet = puppet()
    let first = try puppet.admit(QueuedCall(signature: a))
    puppet.work()
    let others = try (0..<4).map { _ in try puppet.admit(QueuedCall(signature: a)) }
    puppet.finish()
    puppet.work()
    #expect(puppet.cancel(first) == .unknown)
    #expect(puppet.cancel(others[0]) == .running)
    puppet.advance(.milliseconds(8))
    puppet.finish(paddingShare: 0.25)
    #expect(puppet.wasted == [.cancelled: 2_000_000, .padding: 2_000_000])
    #expect(puppet.isIdle)
    #expect(puppet.faults == [])
  }

  @Test func `a run for nobody is to be ended`() throws {
    let puppet = puppet()
    let ticket = try puppet.admit(QueuedCall(signature: a))
    puppet.work()
    #expect(puppet.cancel(ticket) == .last(puppet.runs[0].id))
    puppet.finish()
    #expect(puppet.answers.isEmpty)
    #expect(puppet.isIdle)
  }

  @Test func `draining finishes what was taken, and abandoning drops it`() throws {
    let puppet = puppet()
    _ = try puppet.admit(QueuedCall())
    puppet.work()
    let waiting = try puppet.admit(QueuedCall())
    puppet.queue.startDraining()
    #expect(throws: QueueRefusal.draining) { try puppet.admit(QueuedCall()) }
    let (dropped, running) = puppet.queue.abandonAll()
    #expect(dropped == [waiting])
    #expect(running == puppet.runs.map(\.id))
    puppet.finish()
    #expect(puppet.wasted.keys.allSatisfy { $0 == .drained })
    #expect(puppet.isIdle)
  }

  // MARK: Everything at once

  @Test(arguments: UInt64(1)...40)
  func `whatever comes, every call ends once and nothing waits for an idle instance`(
    seed: UInt64
  ) throws {
    var chance = SeededChance(seed: seed)
    let puppet = puppet(
      waitingMax: 24, instances: Int.random(in: 1...3, using: &chance),
      rowsMax: Int.random(in: 1...8, using: &chance), isWide: Bool.random(using: &chance))
    var admitted: [AdmissionTicket] = []
    var guilty: Set<AdmissionTicket> = []
    var cancelled: Set<AdmissionTicket> = []
    for _ in 0..<400 {
      switch Int.random(in: 0..<10, using: &chance) {
      case 0..<5:
        let wait = Duration.milliseconds(Int.random(in: 1...60, using: &chance))
        let call = QueuedCall(
          signature: [a, b, nil].randomElement(using: &chance) ?? nil,
          rows: Int.random(in: 1...3, using: &chance),
          bytesPerRow: Int.random(in: 1...4, using: &chance),
          priority: UInt32.random(in: 0...5, using: &chance),
          deadline: Bool.random(using: &chance) ? .distantFuture : puppet.now.advanced(by: wait),
          sharingKey: UInt64.random(in: 0...3, using: &chance))
        guard let ticket = try? puppet.admit(call) else { break }
        admitted.append(ticket)
        if Int.random(in: 0..<6, using: &chance) == 0 { guilty.insert(ticket) }
      case 5: puppet.advance(.milliseconds(Int.random(in: 0...20, using: &chance)))
      case 6:
        if let ticket = admitted.randomElement(using: &chance), puppet.answers[ticket] == nil {
          cancelled.insert(ticket)
          _ = puppet.cancel(ticket)
        }
      default: if !puppet.runs.isEmpty { puppet.finish(guilty: guilty) }
      }
      puppet.work()
    }
    while !puppet.runs.isEmpty {
      puppet.finish(guilty: guilty)
      puppet.work()
    }
    #expect(puppet.isIdle, "seed \(seed)")
    #expect(puppet.waitingCount == 0, "seed \(seed)")
    for ticket in admitted where !cancelled.contains(ticket) {
      let answer = puppet.answers[ticket]
      let isRight = guilty.contains(ticket) ? answer == .failure : answer == .result
      #expect(isRight || answer == .expired, "seed \(seed)")
    }
    #expect(puppet.faults == [], "seed \(seed)")
  }
}
