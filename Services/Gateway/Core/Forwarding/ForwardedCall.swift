internal import Base
internal import RPC
internal import Synchronization
internal import Wire

/// One call on its way through: takes the caller's frames to a worker and the worker's frames back.
///
/// Everything runs on the loop that both connections live on; the lock only lets the compiler know.
final class ForwardedCall: ReplyReceiver, InboundStream, UpstreamWaiter, Sendable {
  enum Destination: Sendable {
    case model(AskedModel)
    case service(address: String, role: String)
  }

  /// A frame of the request, kept while it may have to be sent again.
  struct Frame: Sendable {
    var flags: FrameFlags
    var bodyByteCount: Int
    var body: [UInt8]
    /// Credit of the caller's stream, to be given back when the frame has been passed on.
    var creditCost = 0
  }

  /// Bytes of a request that are kept to be sent again; a longer one is not retried.
  static let keptBytesMax = 1 << 20

  let forwarder: Forwarder
  let loop: LoopState
  let caller: ServerConnection
  let stream: UInt32
  let holder: KeyHolder
  let method: MethodDescriptor
  let destination: Destination
  let head: CallOptions
  let receivedAt: MonotonicInstant
  let deadline: MonotonicInstant
  /// Whether the monitor gets its bodies.
  let isSampled: Bool
  let state: Mutex<State>

  init(
    forwarder: Forwarder, loop: LoopState, caller: ServerConnection, stream: UInt32,
    holder: KeyHolder, method: MethodDescriptor, destination: Destination, route: Route? = nil,
    head: CallOptions, receivedAt: MonotonicInstant, deadline: MonotonicInstant
  ) {
    self.forwarder = forwarder
    self.loop = loop
    self.caller = caller
    self.stream = stream
    self.holder = holder
    self.method = method
    self.destination = destination
    self.head = head
    self.receivedAt = receivedAt
    self.deadline = deadline
    isSampled = forwarder.samples(method, head, at: receivedAt)
    state = Mutex(State(route: route, upstreamStartedAt: receivedAt))
  }

  // MARK: Towards the worker

  /// Sends the request on its way, as soon as it is whole and there is a connection.
  func begin(_ call: borrowing CallView, on connection: isolated ServerConnection) {
    loop.withRouting { $0.retries.take(repetition: head.metadata.repetition) }
    let frame = Frame(
      flags: call.flags, bodyByteCount: call.bodyByteCount, body: call.body.array(),
      creditCost: call.creditCost)
    if method.shape.streamsRequests { return beginStream(frame) }
    guard !call.flags.contains(.more) else { return holdFirst(frame) }
    state.withLock { state in
      state.requestByteCount = frame.bodyByteCount
      state.frames = [frame]
    }
    attempt(excluding: nil)
  }

  /// Nobody waits any more: the worker is told.
  func cancelled(on connection: isolated ServerConnection) {
    let upstream = finish(.cancelled)
    guard let (upstream, upstreamStream) = upstream else { return }
    upstream.assumeIsolated { $0.cancel(upstreamStream) }
  }

  /// Picks a worker and sends it the request, as soon as there is a connection.
  func attempt(excluding excluded: WorkerSlot?) {
    let address: String
    let role: String
    switch destination {
    case .service(let itsAddress, let itsRole):
      (address, role) = (itsAddress, itsRole)
      state.withLock { $0.attempts += 1 }
    case .model(let asked):
      if let refusal = refusal() { return fail(refusal) }
      do throws(RouteError) {
        let worker = try pick(asked, excluding: excluded)
        (address, role) = (worker.endpoint, "inference-worker")
      } catch {
        guard !waitForWorker(after: error) else { return }
        return fail(error.rpcError)
      }
    }
    let found = loop.upstreams.assumeIsolated {
      $0.connection(to: address, role: role, else: self)
    }
    switch found {
    case .ready(let ready) where mustAvoid(ready): attempt(excluding: nil)
    case .ready(let ready): send(on: ready)
    case .waiting: break
    case .failed(let error): failedAttempt(.connection, error)
    }
  }

  private func pick(
    _ asked: AskedModel, excluding excluded: WorkerSlot?
  ) throws(RouteError) -> Worker {
    let now = monotonicNow
    let alone = try entersQuarantine(asked)
    let known = state.withLock { state in
      // Routes may have changed since.
      excluded != nil || state.wasHeld || state.hasWaited ? nil : state.route
    }
    let (route, worker) = try forwarder.worker(
      for: alone ?? asked, of: holder, route: known, excluding: excluded,
      isSuspect: alone != nil, nowNanoseconds: now, loop: loop)
    forwarder.routes.loads.begin(worker.slot)
    state.withLock { state in
      state.route = route
      state.worker = worker
      state.attempts += 1
    }
    return worker
  }

  /// Whether to look for another worker once, because this one was asked for a sign of life and has given
  /// none yet.
  private func mustAvoid(_ upstream: ClientConnection) -> Bool {
    guard upstream.isSuspect else { return false }
    let worker = state.withLock { state -> Worker? in
      guard !state.hasAvoidedSuspect, let worker = state.worker else { return nil }
      state.hasAvoidedSuspect = true
      state.futileAttempts += 1
      state.worker = nil
      return worker
    }
    guard let worker else { return false }
    forwarder.routes.loads.end(worker.slot)
    forwarder.routes.loads.suspend(
      worker.slot, untilNanoseconds: monotonicNow + Liveness.near.answer.wholeNanoseconds)
    return true
  }

  func connected(_ result: Result<ClientConnection, RPCError>) {
    switch result {
    case .success(let connection):
      if let worker = state.withLock({ $0.worker }) { forwarder.routes.loads.restore(worker.slot) }
      send(on: connection)
    case .failure(let error):
      // A service's one address has been waited for.
      guard case .model = destination else { return fail(error) }
      failedAttempt(.connection, error.notBegun())
    }
  }

  private func send(on upstream: ClientConnection) {
    let startedAt = upstream.assumeIsolated { $0.loop.now }
    let (frames, lost) = state.withLock { state -> ([Frame], Int) in
      guard !state.isEnded else { return ([], 0) }
      state.upstreamStartedAt = startedAt
      let frames = state.waiting.first.map { [$0] } ?? state.frames
      return (frames, state.attempts - 1 - state.futileAttempts)
    }
    guard let first = frames.first else { return }
    var options = head
    options.metadata.repetition += UInt32(max(0, lost))
    if deadline != .distantFuture {
      let left = DeadlineReserve.passedOn(of: deadline.nanoseconds(since: startedAt))
      guard left > 0 else {
        return fail(
          RPCError(.deadlineExceeded, "the caller's time was over before the call was passed on"))
      }
      options.timeout = .nanoseconds(Int64(clamping: left))
    }
    let sent = upstream.assumeIsolated { send(frames, first: first, options: options, on: $0) }
    switch sent {
    case .success(let upstreamStream) where method.shape.streamsRequests:
      streamBegan(upstreamStream, on: upstream)
    case .success(let upstreamStream):
      let held = state.withLock { state in
        state.upstream = upstream
        state.upstreamStream = upstreamStream
        if state.requestByteCount > Self.keptBytesMax { state.frames = [] }
        defer { state.held = .none }
        return state.held
      }
      release(held)
    case .failure(let error):
      failedAttempt(error.code == .unavailable ? .connection : .status(error.code), error)
    }
  }

  private func send(
    _ frames: [Frame], first: Frame, options: CallOptions, on upstream: isolated ClientConnection
  ) -> Result<UInt32, RPCError> {
    do throws(RPCError) {
      let id = try first.body.withRawSpan { (body) throws(RPCError) in
        try upstream.forward(
          method, options: options, flags: first.flags, bodyByteCount: first.bodyByteCount,
          body: body, receiver: self)
      }
      for frame in frames.dropFirst() {
        frame.body.withRawSpan {
          upstream.forward(frame.flags, on: id, bodyByteCount: frame.bodyByteCount, body: $0)
        }
      }
      upstream.flushSoon()
      return .success(id)
    } catch {
      return .failure(error)
    }
  }

  // MARK: Back to the caller

  func receive(_ reply: borrowing ReplyView, on connection: isolated ClientConnection) {
    let isEnd = reply.kind == .end
    if isEnd, let error = try? StatusHead.decode(reply.head) {
      let isFirst = state.withLock { !$0.answerStarted }
      if isFirst, error.code == .unavailable {
        return failedAttempt(.status(error.code), error)
      }
      finish(error.code)
    } else {
      let part = isSampled ? Self.part(of: reply) : nil
      state.withLock { state in
        state.answerStarted = true
        state.responseByteCount += reply.bodyByteCount
        if let part { state.sample.add(response: part) }
      }
      if isEnd { finish(.ok) }
    }
    let kind = reply.kind
    let flags = reply.flags
    let creditCost = reply.creditCost
    let bodyByteCount = reply.bodyByteCount
    let head = reply.head
    let body = reply.body
    let isPassedOn = caller.assumeIsolated { caller in
      defer { caller.flushSoon() }
      return caller.forward(
        kind, flags: flags, to: stream, head: head, bodyByteCount: bodyByteCount, body: body)
    }
    guard !isEnd else { return }
    guard isPassedOn else {
      if let (upstream, upstreamStream) = finish(.internalError) {
        upstream.assumeIsolated { $0.cancel(upstreamStream) }
      }
      return
    }
    passedOn(creditCost, from: connection)
  }

  func failed(_ error: RPCError, on connection: isolated ClientConnection) {
    failedAttempt(error.code == .unavailable ? .connection : .status(error.code), error)
  }

  /// Tries another worker if that may help and harms nobody; else tells the caller.
  private func failedAttempt(_ failure: CallFailure, _ error: RPCError) {
    let (seen, worker) = state.withLock { state in
      if error.progress == .notBegun { state.futileAttempts += 1 }
      let worker = state.worker
      state.worker = nil
      state.upstream = nil
      return (state, worker)
    }
    guard !seen.isEnded else { return }
    if let worker {
      forwarder.routes.loads.end(worker.slot)
      if failure == .connection || error.progress == .notBegun {
        forwarder.routes.loads.suspend(
          worker.slot, untilNanoseconds: monotonicNow + Self.suspensionNanoseconds)
      }
    }
    if seen.isSuspect { return suspectFailed(failure, error, seen) }
    let remaining = deadline == .distantFuture ? nil : remainingNanoseconds
    var attempt = RetryPolicy.Attempt(
      effect: method.effect, failure: failure, attempts: seen.attempts - seen.futileAttempts,
      answerStarted: seen.answerStarted || seen.hasBegun || !seen.isKept,
      remainingNanoseconds: remaining)
    attempt.futile = seen.futileAttempts - seen.futileBeforeWaiting
    attempt.progress = error.progress
    attempt.isRepetition = head.metadata.repetition > 0
    let decision = loop.withRouting { RetryPolicy.decide(attempt, budget: &$0.retries) }
    guard decision == .retry else {
      guard !becomesSuspect(failure, error, seen) else { return }
      // Who waits for a worker to come back is patient by the clock, not by attempts.
      let mayWait = decision == .giveUp(.attempts) && error.progress == .notBegun
      guard mayWait, let route = seen.route, case .model(let asked) = destination,
        waitForWorker(after: .unavailable(model: asked.model, version: route.version))
      else { return fail(error) }
      return
    }
    self.attempt(excluding: worker?.slot)
  }

  func fail(_ error: RPCError) {
    // What became of the call behind us is our own affair: who called us must not try it again for that.
    var error = error
    error.progress = .answered
    finish(error.code)
    caller.assumeIsolated { caller in
      caller.fail(stream, error)
      caller.flushSoon()
    }
  }

  /// How long a worker whose connection failed is passed over, while there is another one: longer than
  /// the lease of a dead one lasts, so that a retry does not meet another dead worker.
  private static let suspensionNanoseconds: Int64 = 10_000_000_000

  private var monotonicNow: Int64 {
    Int64(clamping: caller.assumeIsolated { $0.loop.now.nanoseconds })
  }

  private var remainingNanoseconds: Int64 {
    Int64(clamping: deadline.nanoseconds) - monotonicNow
  }

  // MARK: The books

  var isEnded: Bool { state.withLock { $0.isEnded } }

  /// Ends the call once: whatever comes later is dropped. Returns the attempt that was under way.
  @discardableResult
  func finish(_ status: StatusCode) -> (ClientConnection, UInt32)? {
    let ended = state.withLock { state -> State? in
      guard !state.isEnded else { return nil }
      state.isEnded = true
      if isSampled { state.sample.take(request: state.frames) }
      state.frames = []
      state.waiting = FrameQueue()
      defer {
        state.upstream = nil
        state.held = .none
      }
      return state
    }
    guard let ended else { return nil }
    release(ended.held)
    if ended.wasHeld { loop.unfinished.remove(self) }
    if ended.hasWaited { loop.unrouted.remove(self) }
    if ended.isSuspect { forwarder.suspects.leave(self) }
    if let worker = ended.worker { forwarder.routes.loads.end(worker.slot) }
    switch destination {
    case .model: holder.limiter.release()
    case .service: holder.counts.serviceLimiter.release()
    }
    forwarder.record(self, ended, status: status, endedAt: caller.assumeIsolated { $0.loop.now })
    return ended.upstream.map { ($0, ended.upstreamStream) }
  }
}
