internal import Base
internal import Dispatch
internal import RPC
internal import Synchronization

/// How calls come in.
extension EnginePool {
  /// Takes a call whose answer, or refusal, `reply` gets.
  ///
  /// The calls of one turn of an event loop are let in together at its end: they take the queue's lock once,
  /// wake one thread, and leave in one run, where the first of them would otherwise have run alone.
  func submit(_ request: EngineRequest, for reply: InferenceReply) {
    let isFirst = submitted.withLock { submitted in
      submitted.append((request, reply))
      return submitted.count == 1
    }
    if isFirst { reply.loop.execute { self.admitSubmitted() } }
  }

  /// Lets calls into the queue, in their order, or refuses them.
  func admit(_ requests: [EngineRequest]) -> [Result<AdmissionTicket, QueueRefusal>] {
    let now = clock.now
    let (outcomes, expired, wakesThread) = state.withLock { state in
      let expired = Self.take(state.queue.dropExpired(now: now), for: .expired, from: &state)
      let wasEmpty = state.queue.waitingCount == 0
      let outcomes = requests.map { Self.admit($0, &state, now: now) }
      metrics.pending(state.queue.waitingCount)
      // That thread wakes the next one if it leaves something, so that what comes at once is not torn into as
      // many runs as there are threads.
      let wakesThread = wasEmpty && state.queue.waitingCount > 0 && state.idleThreads > 0
      if wakesThread { state.idleThreads -= 1 }
      return (outcomes, expired, wakesThread)
    }
    answer(expired, .expired)
    if wakesThread { wake.signal() }
    for outcome in outcomes {
      metrics.called()
      guard case .failure(let refusal) = outcome else { continue }
      if refusal == .expired { metrics.dropped(.expired) }
      metrics.refused()
    }
    return outcomes
  }

  private static func admit(
    _ request: EngineRequest, _ state: inout State, now: MonotonicInstant
  ) -> Result<AdmissionTicket, QueueRefusal> {
    state.load.requests += 1
    state.load.predictedWait &+= state.queue.waitNanoseconds(now: now)
    let inputs = state.rule.ordered(request.inputs)
    var call = state.rule.call(inputs, outputs: request.outputs)
    call.priority = request.priority
    call.deadline = request.deadline
    call.sharingKey = request.sharingKey
    do throws(QueueRefusal) {
      let ticket = try state.queue.admit(call, now: now)
      state.calls[ticket] = EngineCall(
        inputs: inputs, outputs: request.outputs, admittedAt: now, deadline: request.deadline,
        waiter: request.waiter)
      return .success(ticket)
    } catch {
      if error == .expired {
        state.load.dropped[.expired, default: 0] += 1
      } else {
        state.load.refused += 1
        if error.isForCrowding { state.load.crowdedOut += 1 }
      }
      return .failure(error)
    }
  }

  private func admitSubmitted() {
    let submitted = submitted.withLock { submitted in
      let all = submitted
      submitted.removeAll(keepingCapacity: all.count <= Self.submittedKept)
      return all
    }
    var refused: [InferenceReply.Answer] = []
    for (outcome, reply) in zip(admit(submitted.map(\.request)), submitted.map(\.reply)) {
      switch outcome {
      case .success(let ticket):
        // Its caller may have gone before it had a ticket.
        if !reply.isAdmitted(as: ticket) { cancel(ticket) }
      case .failure(let refusal): refused.append((reply, .failure(.refused(refusal))))
      }
    }
    InferenceReply.deliver(refused)
  }

  /// Room that is kept for the calls of one turn.
  private static let submittedKept = 256
}
