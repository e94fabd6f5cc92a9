package import Base
internal import Dispatch
internal import Synchronization

/// Runs a loaded model on threads of its own, one admitted call a thread at a time.
///
/// The threads hold the pool: end it with `drain`.
package final class EnginePool: Sendable {
  private struct State {
    var queue: AdmissionQueue
    var calls: [AdmissionTicket: EngineCall] = [:]
    var load = PoolLoad()
    var hasStopped = false
    var drainWaiters: [CheckedContinuation<Void, Never>] = []
  }

  private let model: any LoadedModel
  private let clock: any MonotonicClock
  private let metrics: WorkerMetrics
  private let threadCount: Int
  private let state: Mutex<State>
  /// Counts what threads are woken for: admitted calls, and once for each thread the end.
  private let wake = DispatchSemaphore(value: 0)

  /// Starts as many threads as `limits` lets run at once.
  package init(
    model: any LoadedModel, limits: AdmissionQueue.Limits,
    runTime: RunTimeEstimate = RunTimeEstimate(), clock: any MonotonicClock,
    metrics: WorkerMetrics = WorkerMetrics()
  ) {
    self.model = model
    self.clock = clock
    self.metrics = metrics
    threadCount = limits.runningMax
    state = Mutex(State(queue: AdmissionQueue(limits: limits, runTime: runTime)))
    for index in 0..<threadCount {
      DedicatedThread.start(named: "engine \(index)") { self.serve() }
    }
  }

  /// What there is to do now, and the counts since the start.
  package var load: PoolLoad {
    state.withLock { state in
      var load = state.load
      load.queueDepth = state.queue.waitingCount
      load.inFlight = state.queue.runningCount
      return load
    }
  }

  /// Waits for a thread and for the model. Cancelling the task drops the call if it still waits, and
  /// ends it in the engine if it runs.
  /// - Parameters:
  ///   - inputs: as `RequestValidator` lets them pass.
  ///   - outputs: the names wanted; empty means all.
  ///   - priority: 0 is normal; higher is served first.
  package nonisolated(nonsending) func run(
    _ inputs: [Tensor], outputs: [String], priority: UInt32, deadline: MonotonicInstant
  ) async throws(InferenceFailure) -> [Tensor] {
    let ticket = Mutex<AdmissionTicket?>(nil)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let admitted = admit(
          inputs, outputs: outputs, priority: priority, deadline: deadline,
          continuation: continuation)
        ticket.withLock { $0 = admitted }
        // The handler below may have come before there was a ticket.
        if let admitted, Task.isCancelled { cancel(admitted) }
      }
    } onCancel: {
      if let admitted = ticket.withLock({ $0 }) { cancel(admitted) }
    }
    return try result.get()
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
      let (dropped, running) = state.queue.abandonAll()
      let calls = take(dropped, for: .drained, from: &state)
      return (calls, running.compactMap { end($0, for: .drained, in: &state) })
    }
    answer(dropped, .drained)
    for terminator in running { terminator.terminate() }
    resumeDrainWaiters()
  }

  // MARK: Callers

  /// Answers at once if the call is refused.
  private func admit(
    _ inputs: [Tensor], outputs: [String], priority: UInt32, deadline: MonotonicInstant,
    continuation: CheckedContinuation<Result<[Tensor], InferenceFailure>, Never>
  ) -> AdmissionTicket? {
    let now = clock.now
    let (outcome, expired) = state.withLock {
      state -> (Result<AdmissionTicket, QueueRefusal>, [EngineCall]) in
      state.load.requests += 1
      let expired = take(state.queue.dropExpired(now: now), for: .expired, from: &state)
      let outcome: Result<AdmissionTicket, QueueRefusal>
      do throws(QueueRefusal) {
        let ticket = try state.queue.admit(priority: priority, deadline: deadline, now: now)
        state.calls[ticket] = EngineCall(
          inputs: inputs, outputs: outputs, admittedAt: now, deadline: deadline,
          terminator: RunTerminator(), continuation: continuation)
        outcome = .success(ticket)
      } catch {
        if error == .expired {
          state.load.dropped[.expired, default: 0] += 1
        } else {
          state.load.refused += 1
        }
        outcome = .failure(error)
      }
      metrics.load(waiting: state.queue.waitingCount, running: state.queue.runningCount)
      return (outcome, expired)
    }
    metrics.called()
    answer(expired, .expired)
    switch outcome {
    case .success(let ticket):
      wake.signal()
      return ticket
    case .failure(let refusal):
      if refusal == .expired { metrics.dropped(.expired) }
      metrics.refused()
      continuation.resume(returning: .failure(.refused(refusal)))
      return nil
    }
  }

  private func cancel(_ ticket: AdmissionTicket) {
    let now = clock.now
    let (dropped, terminator, cause) = state.withLock {
      state -> ([EngineCall], RunTerminator?, DropCause) in
      // A server cancels a call's task both when its caller goes and when its time is over.
      let isOver = state.calls[ticket].map { $0.deadline <= now } ?? false
      let cause = isOver ? DropCause.expired : .cancelled
      switch state.queue.cancel(ticket) {
      case .dropped: return (take([ticket], for: cause, from: &state), nil, cause)
      case .running: return ([], end(ticket, for: cause, in: &state), cause)
      case .unknown: return ([], nil, cause)
      }
    }
    answer(dropped, cause)
    terminator?.terminate()
    if !dropped.isEmpty { resumeDrainWaiters() }
  }

  /// Removes dropped calls and counts them.
  private func take(
    _ tickets: [AdmissionTicket], for cause: DropCause, from state: inout State
  ) -> [EngineCall] {
    guard !tickets.isEmpty else { return [] }
    state.load.dropped[cause, default: 0] += UInt64(tickets.count)
    return tickets.compactMap { state.calls.removeValue(forKey: $0) }
  }

  /// Notes why a running call ends, and returns what ends it.
  private func end(
    _ ticket: AdmissionTicket, for cause: DropCause, in state: inout State
  ) -> RunTerminator? {
    guard let call = state.calls[ticket], call.endedFor == nil else { return nil }
    state.calls[ticket]?.endedFor = cause
    return call.terminator
  }

  private func answer(_ dropped: [EngineCall], _ cause: DropCause) {
    for call in dropped {
      metrics.dropped(cause)
      call.continuation.resume(returning: .failure(.dropped(cause)))
    }
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
      wake.wait()
      let now = clock.now
      let (turn, expired, isOver) = state.withLock { state in
        let turn = state.queue.take(now: now)
        let expired = take(turn.expired, for: .expired, from: &state)
        let next = turn.run.flatMap { ticket in state.calls[ticket].map { (ticket, $0) } }
        return (next, expired, state.hasStopped)
      }
      answer(expired, .expired)
      if let (ticket, call) = turn {
        compute(ticket, call, startedAt: now)
      } else if isOver {
        return
      }
      if turn != nil || !expired.isEmpty { resumeDrainWaiters() }
    }
  }

  private func compute(_ ticket: AdmissionTicket, _ call: EngineCall, startedAt: MonotonicInstant) {
    metrics.waited(nanoseconds: startedAt.nanoseconds(since: call.admittedAt))
    var outcome: Result<[Tensor], EngineError>
    do throws(EngineError) {
      outcome = .success(
        try model.run(call.inputs, outputs: call.outputs, terminator: call.terminator))
    } catch {
      outcome = .failure(error)
    }
    let now = clock.now
    let result = state.withLock { state in
      let result = Self.result(outcome, endedFor: state.calls[ticket]?.endedFor)
      state.calls[ticket] = nil
      switch result {
      case .failure(.dropped(let cause)):
        state.queue.finish(ticket, now: now, isMeasured: false)
        state.load.dropped[cause, default: 0] += 1
      case .failure:
        state.queue.finish(ticket, now: now)
        state.load.failures += 1
      case .success: state.queue.finish(ticket, now: now)
      }
      metrics.load(waiting: state.queue.waitingCount, running: state.queue.runningCount)
      return result
    }
    metrics.computed(nanoseconds: now.nanoseconds(since: startedAt))
    switch result {
    case .failure(.dropped(let cause)): metrics.dropped(cause)
    case .failure: metrics.failed()
    case .success: break
    }
    call.continuation.resume(returning: result)
  }

  private static func result(
    _ outcome: Result<[Tensor], EngineError>, endedFor cause: DropCause?
  ) -> Result<[Tensor], InferenceFailure> {
    outcome.mapError { error in
      error.code == .terminated ? .dropped(cause ?? .cancelled) : .engine(error)
    }
  }
}
