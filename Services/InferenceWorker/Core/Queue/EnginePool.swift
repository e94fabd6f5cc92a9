package import Base
internal import Dispatch
internal import Synchronization

/// Runs a loaded model on threads of its own, each one batch of admitted calls at a time.
///
/// What runs when is for ``BatchQueue``; the pool tells it the time and does what it says. The threads
/// hold the pool: end it with `drain`.
package final class EnginePool: Sendable {
  struct State: ~Copyable {
    var queue: BatchQueue
    var rule: BatchRule
    var calls: [AdmissionTicket: EngineCall] = [:]
    var terminators: [BatchQueue.RunID: RunTerminator] = [:]
    var watch: RunWatch
    var load = PoolLoad()
    /// Threads that wait to be woken.
    var idleThreads = 0
    var hasStopped = false
    var drainWaiters: [CheckedContinuation<Void, Never>] = []
  }

  /// A run on its way through a thread.
  private struct Work {
    let run: BatchQueue.Run
    let calls: [EngineCall]
    let terminator: RunTerminator
    let rule: BatchRule
    let startedAt: MonotonicInstant
  }

  private let model: any LoadedModel
  /// The same model with threads for every core, for calls that are alone.
  private let wideModel: (any LoadedModel)?
  let clock: any MonotonicClock
  private let metrics: WorkerMetrics
  private let threadCount: Int
  let state: Mutex<State>
  /// A thread is woken for each signal.
  private let wake = DispatchSemaphore(value: 0)

  /// Starts as many threads as `limits` has instances.
  ///
  /// - Parameters:
  ///   - rule: how calls are put together. `limits.rowsMax` and whether there is a wide instance are taken
  ///     from here, not from `limits`.
  ///   - runTimeout: after which ``look()`` ends a run.
  package init(
    model: any LoadedModel, wideModel: (any LoadedModel)? = nil, rule: BatchRule,
    limits: BatchQueue.Limits, latencies: BatchLatencies = BatchLatencies(),
    runTimeout: Duration = RunWatch.runTimeoutDefault, clock: any MonotonicClock,
    metrics: WorkerMetrics = WorkerMetrics()
  ) {
    self.model = model
    self.wideModel = wideModel
    self.clock = clock
    self.metrics = metrics
    threadCount = limits.instances
    var limits = limits
    limits.rowsMax = rule.rowsMax
    limits.hasWideInstance = wideModel != nil
    state = Mutex(
      State(
        queue: BatchQueue(limits: limits, latencies: latencies), rule: rule,
        watch: RunWatch(runTimeout: runTimeout)))
    for index in 0..<threadCount {
      DedicatedThread.start(named: "engine \(index)") { self.serve() }
    }
  }

  /// What there is to do now, and the counts since the start.
  package var load: PoolLoad {
    state.withLock { state in
      var load = state.load
      load.instances = threadCount
      load.queueDepth = state.queue.waitingCount
      load.inFlight = state.queue.runningCount
      return load
    }
  }

  /// Waits for a thread and for the model. Cancelling the task drops the call if it still waits, and
  /// ends it in the engine if it runs there alone.
  /// - Parameters:
  ///   - inputs: as `RequestValidator` lets them pass.
  ///   - outputs: the names wanted; empty means all.
  ///   - priority: 0 is normal; higher is served first.
  ///   - sharingKey: who calls, as far as turns are shared among callers.
  package nonisolated(nonsending) func run(
    _ inputs: [Tensor], outputs: [String], priority: UInt32, deadline: MonotonicInstant,
    sharingKey: UInt64 = 0
  ) async throws(InferenceFailure) -> [Tensor] {
    let ticket = Mutex<AdmissionTicket?>(nil)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        do throws(QueueRefusal) {
          let admitted = try admit(
            inputs, outputs: outputs, priority: priority, deadline: deadline,
            sharingKey: sharingKey, waiter: .task(continuation))
          ticket.withLock { $0 = admitted }
          // The handler below may have come before there was a ticket.
          if Task.isCancelled { cancel(admitted) }
        } catch {
          continuation.resume(returning: .failure(.refused(error)))
        }
      }
    } onCancel: {
      if let admitted = ticket.withLock({ $0 }) { cancel(admitted) }
    }
    return try result.get()
  }

  /// As `run`, for a call that no task waits for: `reply` gets the answer, with the others of its run.
  /// Once `submit` has returned, `reply` cancels the call by its ticket.
  func submit(
    _ inputs: [Tensor], outputs: [String], priority: UInt32, deadline: MonotonicInstant,
    sharingKey: UInt64, for reply: InferenceReply
  ) throws(QueueRefusal) {
    reply.ticket = try admit(
      inputs, outputs: outputs, priority: priority, deadline: deadline, sharingKey: sharingKey,
      waiter: .reply(reply))
  }

  /// Takes no further calls, waits until those admitted have ended, then ends the threads.
  package func drain() async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let isIdle = state.withLock { state in
        state.queue.startDraining()
        guard !state.queue.isIdle else { return true }
        state.drainWaiters.append(continuation)
        return false
      }
      if isIdle { continuation.resume() }
    }
    let isFirst = state.withLock { state in
      defer { state.hasStopped = true }
      return !state.hasStopped
    }
    guard isFirst else { return }
    for _ in 0..<threadCount { wake.signal() }
  }

  /// Drops every call that waits and ends those that run: for when draining takes too long.
  package func abandonAll() {
    let (dropped, running) = state.withLock { state in
      // Those that run get their answer now: nobody is left to wait until the engine notices.
      let all = state.queue.abandonAll()
      let calls = Array(state.calls.values)
      state.load.dropped[.drained, default: 0] += UInt64(calls.count)
      state.calls = [:]
      return (calls, all.running.compactMap { state.terminators[$0] })
    }
    answer(dropped, .drained)
    for terminator in running { terminator.terminate() }
    resumeDrainWaiters()
  }

  // MARK: Callers

  private func admit(
    _ inputs: [Tensor], outputs: [String], priority: UInt32, deadline: MonotonicInstant,
    sharingKey: UInt64, waiter: EngineCall.Waiter
  ) throws(QueueRefusal) -> AdmissionTicket {
    let now = clock.now
    let (outcome, expired, wakesThread) = state.withLock {
      state -> (Result<AdmissionTicket, QueueRefusal>, [EngineCall], Bool) in
      state.load.requests += 1
      state.load.predictedWait &+= state.queue.waitNanoseconds(now: now)
      let expired = Self.take(state.queue.dropExpired(now: now), for: .expired, from: &state)
      let inputs = state.rule.ordered(inputs)
      var call = state.rule.call(inputs, outputs: outputs)
      call.priority = priority
      call.deadline = deadline
      call.sharingKey = sharingKey
      do throws(QueueRefusal) {
        let ticket = try state.queue.admit(call, now: now)
        state.calls[ticket] = EngineCall(
          inputs: inputs, outputs: outputs, admittedAt: now, deadline: deadline, waiter: waiter)
        metrics.pending(state.queue.waitingCount)
        return (.success(ticket), expired, Self.takeIdleThread(&state))
      } catch {
        if error == .expired {
          state.load.dropped[.expired, default: 0] += 1
        } else {
          state.load.refused += 1
          if error.isForCrowding { state.load.crowdedOut += 1 }
        }
        return (.failure(error), expired, false)
      }
    }
    answer(expired, .expired)
    if wakesThread { wake.signal() }
    metrics.called()
    if case .failure(let refusal) = outcome {
      if refusal == .expired { metrics.dropped(.expired) }
      metrics.refused()
    }
    return try outcome.get()
  }

  /// Whether a thread is to be woken for the first call that waits. That thread wakes the next one if it
  /// leaves something, so that what comes at once is not torn into as many runs as there are threads.
  private static func takeIdleThread(_ state: inout State) -> Bool {
    guard state.queue.waitingCount == 1, state.idleThreads > 0 else { return false }
    state.idleThreads -= 1
    return true
  }

  func cancel(_ ticket: AdmissionTicket) {
    let now = clock.now
    let (call, terminator, cause) = state.withLock {
      state -> (EngineCall?, RunTerminator?, DropCause) in
      // A server cancels a call's task both when its caller goes and when its time is over.
      let isOver = state.calls[ticket].map { $0.deadline <= now } ?? false
      let cause = isOver ? DropCause.expired : .cancelled
      let terminator: RunTerminator?
      switch state.queue.cancel(ticket, for: WasteCause(cause)) {
      case .dropped, .running: terminator = nil
      case .last(let run): terminator = state.terminators[run]
      case .unknown: return (nil, nil, cause)
      }
      return (Self.take([ticket], for: cause, from: &state).first, terminator, cause)
    }
    guard let call else { return }
    answer([call], cause)
    terminator?.terminate()
    resumeDrainWaiters()
  }

  /// Removes dropped calls and counts them.
  private static func take(
    _ tickets: [AdmissionTicket], for cause: DropCause, from state: inout State
  ) -> [EngineCall] {
    guard !tickets.isEmpty else { return [] }
    state.load.dropped[cause, default: 0] += UInt64(tickets.count)
    return tickets.compactMap { state.calls.removeValue(forKey: $0) }
  }

  private func answer(_ dropped: [EngineCall], _ cause: DropCause) {
    guard !dropped.isEmpty else { return }
    for _ in dropped { metrics.dropped(cause) }
    deliver(dropped.map { ($0.waiter, .failure(.dropped(cause))) })
  }

  /// Answers to tasks go one by one, those of a connection together.
  func deliver(
    _ answers: [(waiter: EngineCall.Waiter, result: Result<[Tensor], InferenceFailure>)]
  ) {
    var replies: [InferenceReply.Answer] = []
    replies.reserveCapacity(answers.count)
    for (waiter, result) in answers {
      switch waiter {
      case .task(let continuation): continuation.resume(returning: result)
      case .reply(let reply): replies.append((reply, result))
      }
    }
    InferenceReply.deliver(replies)
  }

  private func resumeDrainWaiters() {
    let waiters = state.withLock { state in
      guard state.queue.isDraining, state.queue.isIdle else {
        return [CheckedContinuation<Void, Never>]()
      }
      defer { state.drainWaiters = [] }
      return state.drainWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  // MARK: Threads

  private func serve() {
    while true {
      let now = clock.now
      let (work, expired, wakesAnother, isOver) = state.withLock { state in
        let turn = state.queue.next(now: now)
        let expired = Self.take(turn.expired, for: .expired, from: &state)
        let work = turn.run.map { Self.work($0, &state, now: now) }
        let wakesAnother = turn.wantsAnother && state.idleThreads > 0
        if wakesAnother { state.idleThreads -= 1 }
        if work == nil, !state.hasStopped { state.idleThreads += 1 }
        return (work, expired, wakesAnother, state.hasStopped)
      }
      if wakesAnother { wake.signal() }
      answer(expired, .expired)
      if let work {
        compute(work)
      } else {
        if !expired.isEmpty { resumeDrainWaiters() }
        if isOver { return }
        wake.wait()
      }
    }
  }

  private static func work(
    _ run: BatchQueue.Run, _ state: inout State, now: MonotonicInstant
  ) -> Work {
    let terminator = RunTerminator()
    state.terminators[run.id] = terminator
    state.watch.began(run.id, now: now)
    state.load.runs += 1
    return Work(
      run: run, calls: run.tickets.compactMap { state.calls[$0] }, terminator: terminator,
      rule: state.rule, startedAt: now)
  }

  private func compute(_ work: Work) {
    let joinedAt: MonotonicInstant
    let computedAt: MonotonicInstant
    var paddingShare = 0.0
    let outcome: Result<[[Tensor]], EngineError>
    let model = (work.run.isWide ? wideModel : nil) ?? model
    let inputs = work.calls.map(\.inputs)
    if inputs.count == 1 {
      joinedAt = work.startedAt
      outcome = run(model, inputs[0], work).map { [$0] }
      computedAt = clock.now
    } else {
      let joined = work.rule.join(inputs)
      paddingShare = joined.paddingShare
      joinedAt = clock.now
      let outputs = run(model, joined.inputs, work)
      computedAt = clock.now
      outcome = outputs.flatMap { outputs in
        work.rule.split(outputs, among: inputs).map(Result.success)
          ?? .failure(Self.notRowByRow)
      }
    }
    let times = RunTimes(
      startedAt: work.startedAt, joinedAt: joinedAt, computedAt: computedAt, endedAt: clock.now)
    settle(work, outcome, times, paddingShare: paddingShare)
  }

  private func run(
    _ model: any LoadedModel, _ inputs: [Tensor], _ work: Work
  ) -> Result<[Tensor], EngineError> {
    do throws(EngineError) {
      return .success(
        try model.run(inputs, outputs: work.calls[0].outputs, terminator: work.terminator))
    } catch {
      return .failure(error)
    }
  }

  /// Tells the queue, and answers the calls that somebody still waits for.
  private func settle(
    _ work: Work, _ outcome: Result<[[Tensor]], EngineError>, _ times: RunTimes,
    paddingShare: Double
  ) {
    let (finish, answered, outcome) = state.withLock { state in
      state.terminators[work.run.id] = nil
      let outcome = Self.judged(
        outcome, isOverdue: state.watch.ended(work.run.id), state.watch)
      state.load.computed +=
        times.endedAt.nanoseconds(since: times.startedAt)
        * UInt64(work.run.isWide ? threadCount : 1)
      if case .failure(Self.notRowByRow) = outcome {
        state.rule.forbid(because: "a batch had other rows than its calls")
        state.queue.forbidBatches()
      }
      let finish = state.queue.finish(
        work.run.id, now: times.endedAt, Self.ending(outcome), paddingShare: paddingShare)
      var answered: [(call: EngineCall, place: Int)] = []
      for ticket in finish.answered {
        guard let call = state.calls.removeValue(forKey: ticket),
          let place = work.run.tickets.firstIndex(of: ticket)
        else { continue }
        answered.append((call, place))
      }
      if case .failure = outcome { state.load.failures += UInt64(answered.count) }
      for (cause, nanoseconds) in finish.wasted {
        state.load.wasted[cause, default: 0] += nanoseconds
      }
      metrics.load(waiting: state.queue.waitingCount, running: state.queue.runningCount)
      return (finish, answered, outcome)
    }
    metrics.ran(
      times, rows: finish.rows, waits: work.calls.map(\.admittedAt),
      answered: answered.count, hasFailed: (try? outcome.get()) == nil, wasted: finish.wasted)
    deliver(
      answered.map { call, place in
        (call.waiter, outcome.map { $0[place] }.mapError { .engine($0) })
      })
    resumeDrainWaitersIfDraining()
  }

  private func resumeDrainWaitersIfDraining() {
    guard state.withLock({ $0.queue.isDraining }) else { return }
    resumeDrainWaiters()
  }

  private static let notRowByRow = EngineError(
    .runFailed, "the model's outputs have other rows than its inputs")
}
