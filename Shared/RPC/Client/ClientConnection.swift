internal import Base
internal import Synchronization
internal import Wire

/// The client's side of one connection, whatever carries its bytes.
package actor ClientConnection {
  package let loop: any ConnectionLoop
  private let executor: any SerialExecutor
  let sink: CreditedSink
  var handshake: ClientHandshake
  var decoder = FrameDecoder(payloadBytesMax: WireLimits.handshakePayloadBytesMax)
  var compression: CompressionPolicy
  var calls = CallSlots()
  var methods: [String: UInt32] = [:]
  var latestMethod: (descriptor: MethodDescriptor, number: UInt32)?
  var assertions = AssertionSlots()
  var timerAt = MonotonicInstant.distantFuture
  /// What the server may still send on the connection; `nil` where credit is not agreed.
  var connectionCredit: CreditMeter?
  /// Tasks that wait until the server takes more of their requests.
  var writers = CreditWaiters()
  /// Streams that are passed on from elsewhere and wait for the same.
  var rawWriters: Set<UInt32> = []
  /// What tasks ask for, until the loop takes it.
  let submissions = Mutex<[Submission]>([])
  /// Calls that came before the handshake was done.
  var early: [Submission] = []
  private var isFlushScheduled = false
  /// When the read began that is being taken; `nil` outside of one.
  var readAt: MonotonicInstant?
  var watch: PeerWatch
  /// Bytes that were not sent when the server was looked for last.
  var unsentAtLook = 0
  /// Read by those who choose among connections, from any thread.
  let suspicion = Atomic(false)
  var state = State.connecting
  var readyWaiters: [CheckedContinuation<Result<Void, RPCError>, Never>] = []
  private let handshakeTimeout: Duration
  /// Told once when the connection takes no further calls.
  private let onRetired: @Sendable (ClientConnection) -> Void

  enum State {
    case connecting
    case ready
    /// The server drains: calls in flight go on, new ones go elsewhere.
    case retiring
    case closed(RPCError)
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    // The loop outlives its connections: each of them holds it.
    unsafe executor.asUnownedSerialExecutor()
  }

  /// - Parameters:
  ///   - address: the address that was dialled, `host:port`.
  ///   - sameHost: whether the server is on this machine, where compression costs more than it saves.
  ///   - handshakeTimeout: time from ``opened()`` to ready, after which a silent server is given up.
  ///   - onRetired: called once, on the loop, when the connection takes no further calls.
  package init(
    loop: any ConnectionLoop, sink: sending any FrameSink, authenticator: any ClientAuthenticator,
    settings: ConnectionSettings, address: String, security: TransportSecurity, sameHost: Bool,
    handshakeTimeout: Duration = .seconds(5),
    onRetired: @escaping @Sendable (ClientConnection) -> Void
  ) {
    self.loop = loop
    executor = loop.executor
    self.sink = CreditedSink(sink)
    self.handshakeTimeout = handshakeTimeout
    self.onRetired = onRetired
    compression = CompressionPolicy(isAllowed: !sameHost)
    watch = PeerWatch(settings.liveness)
    handshake = ClientHandshake(
      authenticator: authenticator, settings: settings, address: address, security: security)
  }

  // MARK: What transports call

  /// Call once: starts the handshake.
  package func opened() {
    sink.write(ProtocolVersion.preface)
    writeControl(.hello, head: handshake.hello())
    sink.flush()
    loop.schedule(at: loop.now.advanced(by: handshakeTimeout)) { [weak self] in
      self?.assumeIsolated { $0.closeUnlessReady() }
    }
  }

  /// TLS is done; call before ``opened()``.
  package func secured(peerRole: String?) {
    handshake.security = .tls(peerRole: peerRole)
  }

  /// Takes what was read and returns how many of its bytes were used; the rest is to come again, with
  /// more behind it.
  package func receive(_ bytes: RawSpan) -> Int {
    watch.hasHeard = true
    readAt = loop.now
    defer { readAt = nil }
    var used = 0
    while used < bytes.byteCount {
      if case .closed = state { return bytes.byteCount }
      let rest = bytes.extracting(used..<bytes.byteCount)
      switch decoder.decode(rest) {
      case .incomplete: return used
      case .ignorable(let byteCount): used += byteCount
      case .malformed(let error):
        close(RPCError(.unavailable, "the server broke the protocol: \(error)"))
        return bytes.byteCount
      case .frame(let header, let byteCount):
        used += byteCount
        receive(header, payload: rest.extracting(WireLimits.headerByteCount..<byteCount))
        sink.flushIfMany()
      }
    }
    return used
  }

  /// Hands everything written so far to the server.
  package func flush() {
    sink.flush()
  }

  /// Flushes once the loop is done with what it does now, so that the calls of one turn go out with one
  /// write.
  package func flushSoon() {
    guard !isFlushScheduled else { return }
    isFlushScheduled = true
    loop.execute { [weak self] in
      self?.assumeIsolated { connection in
        connection.isFlushScheduled = false
        connection.sink.flush()
      }
    }
  }

  /// The connection is gone.
  package func closed() {
    close(RPCError(.unavailable, "the connection was lost before the answer"))
  }

  // MARK: Life

  /// Returns when calls may be made.
  package func waitUntilReady() async throws(RPCError) {
    switch state {
    case .ready: return
    case .retiring: throw RPCError(.unavailable, "the server drains").notBegun()
    case .closed(let error): throw error.notBegun()
    case .connecting:
      let result = await withCheckedContinuation { readyWaiters.append($0) }
      try result.get()
    }
  }

  /// Whether a call may be made right now.
  package var isReady: Bool {
    if case .ready = state { true } else { false }
  }

  package var callsInFlight: Int { calls.count }

  /// Whether the server was asked for a sign of life and has given none yet: others are to be preferred.
  package nonisolated var isSuspect: Bool { suspicion.load(ordering: .relaxed) }

  /// What the server says that it is, for people.
  package var peerRelease: String { handshake.agreed.release }

  /// Ends the connection and every call on it with `error`.
  package func close(_ error: RPCError) {
    if case .closed = state { return }
    let wasTakingCalls = if case .retiring = state { false } else { true }
    state = .closed(error)
    var lost = error
    lost.progress = .lost
    for receiver in calls.removeAll() { receiver.failed(lost, on: self) }
    writers.wake(0)
    let waiting = readyWaiters
    readyWaiters = []
    for waiter in waiting { waiter.resume(returning: .failure(error)) }
    takeEarly()
    sink.close()
    if wasTakingCalls { onRetired(self) }
  }

  private func closeUnlessReady() {
    guard case .connecting = state else { return }
    close(RPCError(.unavailable, "the server did not finish the handshake in time"))
  }

  /// Takes no further calls, and says so to the server. Closes when those that have begun have ended.
  package func drain() {
    guard case .ready = state else { return }
    var head = HandshakeHead()
    head[bytes: 2] = Array("the client leaves".utf8)
    writeControl(.goAway, head: head.encoded())
    sink.flush()
    retire()
  }

  private func retire() {
    if case .connecting = state { return close(RPCError(.unavailable, "the server drains")) }
    guard case .ready = state else { return }
    state = .retiring
    onRetired(self)
    closeIfRetired()
  }

  func closeIfRetired() {
    guard case .retiring = state, calls.count == 0 else { return }
    close(RPCError(.unavailable, "the server drained"))
  }

  // MARK: Frames

  private func receive(_ frame: FrameHeader, payload: RawSpan) {
    let head = payload.extracting(0..<frame.headByteCount)
    switch frame.kind {
    case .message, .end:
      guard takeCredit(frame) else { return }
      defer { giveCreditBack(frame) }
      let isEnd = frame.kind == .end
      let receiver = isEnd ? end(frame.stream) : calls.receiver(of: frame.stream)
      guard let receiver else { return }
      let reply = ReplyView(
        kind: frame.kind, flags: frame.flags, head: head,
        body: payload.extracting(frame.headByteCount..<payload.byteCount),
        bodyByteCount: frame.bodyByteCount, creditCost: frame.creditCost)
      receiver.receive(reply, on: self)
      if isEnd { closeIfRetired() }
    case .welcome, .ready: receiveHandshake(frame.kind, head: head)
    case .goAway: receiveGoAway(head)
    case .ping: writeControl(.pong, head: head.array())
    case .credit: receiveCredit(frame, head: head)
    case .pong: suspicion.store(false, ordering: .relaxed)
    case .call, .cancel, .hello, .proof, .assertion:
      close(
        RPCError(.unavailable, "the server sent a `\(frame.kind)` frame, which only clients do"))
    }
  }

  private func receiveHandshake(_ kind: FrameKind, head: RawSpan) {
    guard let message = try? HandshakeHead(decoding: head) else {
      return close(RPCError(.unavailable, "the server's `\(kind)` frame is malformed"))
    }
    do throws(RPCError) {
      if kind == .welcome {
        writeControl(.proof, head: try handshake.proof(for: message))
        decoder.payloadBytesMax = WireLimits.framePayloadBytesMax
      } else {
        methods = try handshake.ready(message)
        compression.isAllowed =
          compression.isAllowed && handshake.agreed.capabilities.contains(.zstd)
        enforceCredit()
        state = .ready
        let waiting = readyWaiters
        readyWaiters = []
        for waiter in waiting { waiter.resume(returning: .success(())) }
        takeEarly()
      }
      sink.flush()
    } catch {
      close(error)
    }
  }

  private func receiveGoAway(_ head: RawSpan) {
    let message = (try? HandshakeHead(decoding: head)) ?? HandshakeHead()
    let code =
      UInt8(exactly: message[integer: 1]).flatMap(StatusCode.init(rawValue:)) ?? .unavailable
    guard code != .ok else { return retire() }
    let retryAfter = message[integer: 3]
    close(
      RPCError(
        code, message[text: 2],
        retryAfter: retryAfter == 0 ? nil : .nanoseconds(Int64(clamping: retryAfter))))
  }

  func writeControl(_ kind: FrameKind, stream: UInt32 = 0, head: [UInt8]) {
    sink.write(FrameHeader(kind: kind, stream: stream, headByteCount: head.count)) { output in
      head.withRawSpan { output.append(contentsOf: $0) }
    }
  }
}
