internal import Base
internal import RPC
internal import Synchronization
internal import Wire

/// One call on its way through: takes the caller's frames to a worker and the worker's frames back.
///
/// Everything runs on the loop that both connections live on; the lock only lets the compiler know.
final class ForwardedCall: ReplyReceiver, InboundStream, UpstreamWaiter, Sendable {
  enum Destination: Sendable {
    case version(Route, model: String)
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

  struct State: Sendable {
    var attempts = 0
    var worker: Worker?
    var upstream: ClientConnection?
    var upstreamStream: UInt32 = 0
    var upstreamStartedAt: MonotonicInstant
    var answerStarted = false
    var isEnded = false
    /// The request so far; empty once it can't be sent again.
    var frames: [Frame] = []
    /// It came in parts: routes may have changed since the first.
    var wasHeld = false
    /// What of it is counted as held: all until it is sent.
    var held = HeldRequests.Size.none
    var requestByteCount = 0
    var responseByteCount = 0
    /// Credit of answers that wait for the caller: it goes back to the worker as they are passed on.
    var owedToWorker = 0
    /// Of a request that is a stream: what is to be passed on, and whether its first frame has been.
    var waiting = FrameQueue()
    var hasBegun = false
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
  let state: Mutex<State>

  init(
    forwarder: Forwarder, loop: LoopState, caller: ServerConnection, stream: UInt32,
    holder: KeyHolder, method: MethodDescriptor, destination: Destination, head: CallOptions,
    receivedAt: MonotonicInstant, deadline: MonotonicInstant
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
    state = Mutex(State(upstreamStartedAt: receivedAt))
  }

  // MARK: Towards the worker

  /// Sends the request on its way, as soon as it is whole and there is a connection.
  func begin(_ call: borrowing CallView, on connection: isolated ServerConnection) {
    loop.withRouting { $0.retries.earn() }
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
    do throws(RPCError) {
      let (address, role) = try target(excluding: excluded)
      let ready = loop.upstreams.assumeIsolated {
        $0.connection(to: address, role: role, else: self)
      }
      if let ready { send(on: ready) }
    } catch {
      fail(error)
    }
  }

  private func target(
    excluding excluded: WorkerSlot?
  ) throws(RPCError) -> (address: String, role: String) {
    state.withLock { $0.attempts += 1 }
    guard case .version(let route, let model) = destination else {
      guard case .service(let address, let role) = destination else { return ("", "") }
      return (address, role)
    }
    let worker = try pick(route, model: model, excluding: excluded)
    forwarder.routes.loads.begin(worker.slot)
    state.withLock { $0.worker = worker }
    return (worker.endpoint, "inference-worker")
  }

  private func pick(
    _ route: Route, model: String, excluding excluded: WorkerSlot?
  ) throws(RPCError) -> Worker {
    let now = monotonicNow
    let isOld = excluded != nil || state.withLock { $0.wasHeld }
    return try loop.withRouting { (routing) throws(RPCError) in
      let table = routing.routes.table()
      do throws(RouteError) {
        // There may be a newer table than the one that the route was found in.
        let current =
          isOld
          ? try table.resolve(
            model: model, version: String(route.version), scope: holder.models,
            routingKey: [UInt8]().span, random: &routing.random)
          : route
        let slot = try table.pick(
          current, excluding: excluded, nowNanoseconds: now, random: &routing.random)
        guard let worker = table.worker(slot) else {
          throw RouteError.unavailable(model: model, version: route.version)
        }
        return worker
      } catch {
        throw error.rpcError
      }
    }
  }

  func connected(_ result: Result<ClientConnection, RPCError>) {
    switch result {
    case .success(let connection):
      if let worker = state.withLock({ $0.worker }) { forwarder.routes.loads.restore(worker.slot) }
      send(on: connection)
    case .failure(let error): failedAttempt(.connection, error)
    }
  }

  private func send(on upstream: ClientConnection) {
    let frames = state.withLock { state -> [Frame]? in
      guard !state.isEnded else { return nil }
      state.upstreamStartedAt = upstream.assumeIsolated { $0.loop.now }
      return state.waiting.first.map { [$0] } ?? state.frames
    }
    guard let frames, let first = frames.first else { return }
    var options = head
    if deadline != .distantFuture {
      let left = deadline.nanoseconds(since: state.withLock { $0.upstreamStartedAt })
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
      state.withLock { state in
        state.answerStarted = true
        state.responseByteCount += reply.bodyByteCount
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
    let (attempts, worker, isKept, answerStarted, isEnded) = state.withLock { state in
      let seen = (
        state.attempts, state.worker, !state.frames.isEmpty || !state.waiting.isEmpty,
        state.answerStarted || state.hasBegun, state.isEnded
      )
      state.worker = nil
      state.upstream = nil
      return seen
    }
    guard !isEnded else { return }
    if let worker {
      forwarder.routes.loads.end(worker.slot)
      if failure == .connection {
        forwarder.routes.loads.suspend(
          worker.slot, untilNanoseconds: monotonicNow + Self.suspensionNanoseconds)
      }
    }
    let remaining = deadline == .distantFuture ? nil : remainingNanoseconds
    let attempt = RetryPolicy.Attempt(
      effect: method.effect, failure: failure, attempts: attempts,
      answerStarted: answerStarted || !isKept, remainingNanoseconds: remaining)
    let decision = loop.withRouting { RetryPolicy.decide(attempt, budget: &$0.retries) }
    guard decision == .retry else { return fail(error) }
    self.attempt(excluding: worker?.slot)
  }

  func fail(_ error: RPCError) {
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
    if let worker = ended.worker { forwarder.routes.loads.end(worker.slot) }
    switch destination {
    case .version: holder.limiter.release()
    case .service: holder.counts.serviceLimiter.release()
    }
    forwarder.record(self, ended, status: status, endedAt: caller.assumeIsolated { $0.loop.now })
    return ended.upstream.map { ($0, ended.upstreamStream) }
  }
}
