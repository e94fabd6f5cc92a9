internal import Base
internal import Wire

/// The server's side of one connection, whatever carries its bytes.
///
/// A call's life: ``receive(_:)`` finds its frame in the read buffer, `+Calls` admits it and hands it to
/// its handler, `+Replies` writes the answer behind those of the same read, and the transport flushes once.
package actor ServerConnection {
  let core: ServerCore
  package let loop: any ConnectionLoop
  /// The peer's address without its port.
  nonisolated let source: String
  private let executor: any SerialExecutor
  let sink: CreditedSink
  var handshake: ServerHandshake
  /// The peer on its own account, once the handshake is done.
  var origin: CallOrigin?
  /// Those for whom the peer vouches, by slot.
  var vouched: [UInt32: CallOrigin] = [:]
  var decoder = FrameDecoder(payloadBytesMax: WireLimits.handshakePayloadBytesMax)
  var compression: CompressionPolicy
  var streams: [UInt32: ServerStream] = [:]
  /// The call whose handler runs right now, until it ends or turns out to take longer.
  var inline: InlineCall?
  /// What the peer may still send on the connection; `nil` where credit is not agreed.
  var connectionCredit: CreditMeter?
  /// Tasks that wait until the peer takes more of their streams.
  var writers = CreditWaiters()
  /// Streams of raw handlers that wait for the same.
  var rawWriters: Set<UInt32> = []
  /// Calls of this read whose handlers begin at its end, and how many have.
  var handlerCalls: [HandlerCall] = []
  var nextHandlerCall = 0
  /// The stream whose handler runs for the first time, until it waits or returns; else 0.
  var beginning: UInt32 = 0
  /// Handlers that have not returned, those of cancelled calls among them.
  var taskCount = 0
  /// Calls that have ended since the last flush, for the observers.
  var finishedCalls: [FinishedCall] = []
  /// Body bytes of the requests that are not answered.
  var heldByteCount = 0
  /// How many of them the server has been told of.
  var toldByteCount = 0
  /// Bytes that the transport keeps of a frame that is not whole.
  var partialByteCount = 0
  /// Bytes that are written and not sent, as the transport had them after the latest flush.
  var unsentByteCount = 0
  /// How many bytes the server has been told that it keeps for the peer.
  var toldKeptByteCount = 0
  /// What is known of a peer that is not read.
  var untaken = UntakenWatch()
  /// Its caller's rights are looked at again.
  var isRightsCheckDue = false
  var timerAt = MonotonicInstant.distantFuture
  private var isFlushScheduled = false
  /// Bytes are being taken; what is written meanwhile is flushed at the end of the read.
  private(set) var isReceiving = false
  /// No further calls are taken, and those that have begun come to their ends.
  package internal(set) var isDraining = false
  /// The peer has said that it makes no further calls.
  var hasPeerLeft = false
  /// When the latest call came, or the handshake was done.
  var lastCalledAt = MonotonicInstant(nanoseconds: 0)
  var watch: PeerWatch
  /// Nothing is written or read any more.
  var isClosed = false
  /// The transport has let go.
  private(set) var isGone = false

  struct InlineCall {
    var stream: UInt32
    var method: Int
    var startedAt: MonotonicInstant
    var deadline: MonotonicInstant
    var requestByteCount: Int
    var creditCost: Int
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    // The loop outlives its connections: each of them holds it.
    unsafe executor.asUnownedSerialExecutor()
  }

  /// - Parameters:
  ///   - address: the listener's address, `host:port`.
  ///   - source: the peer's address without its port.
  ///   - sameHost: whether the peer is on this machine, where compression costs more than it saves.
  package init(
    core: ServerCore, loop: any ConnectionLoop, sink: sending any FrameSink, address: String,
    source: String = "", security: TransportSecurity, sameHost: Bool
  ) {
    self.core = core
    self.loop = loop
    self.source = source
    executor = loop.executor
    self.sink = CreditedSink(sink)
    compression = CompressionPolicy(isAllowed: !sameHost)
    watch = PeerWatch(core.limits.liveness)
    handshake = ServerHandshake(
      authenticator: core.authenticator, settings: core.settings, address: address,
      security: security, source: source)
  }

  // MARK: What transports call

  /// Call once, before the first bytes.
  package func opened() {
    do throws(RPCError) {
      try core.admit(self, source: source)
    } catch {
      return goAway(error)
    }
    let timeout = core.limits.handshakeTimeout
    loop.schedule(at: loop.now.advanced(by: timeout)) { [weak self] in
      self?.assumeIsolated { $0.closeUnlessReady() }
    }
  }

  /// Takes what was read and returns how many of its bytes were used; the rest is to come again, with
  /// more behind it.
  package func receive(_ bytes: RawSpan) -> Int {
    let now = loop.now
    isReceiving = true
    watch.hasHeard = true
    var used = 0
    defer {
      beginHandlers()
      isReceiving = false
      partialByteCount = bytes.byteCount - used
    }
    if handshake.awaitsPreface {
      let count = ProtocolVersion.preface.count
      guard bytes.byteCount >= count else { return 0 }
      do throws(WireError) {
        try handshake.preface(bytes.extracting(0..<count))
      } catch {
        breakConnection(error)
        used = bytes.byteCount
        return used
      }
      used = count
    }
    while used < bytes.byteCount, !isClosed {
      let rest = bytes.extracting(used..<bytes.byteCount)
      switch decoder.decode(rest) {
      case .incomplete: return used
      case .ignorable(let byteCount): used += byteCount
      case .malformed(let error):
        breakConnection(error)
        used = bytes.byteCount
      case .frame(let header, let byteCount):
        used += byteCount
        do throws(WireError) {
          try receive(
            header, payload: rest.extracting(WireLimits.headerByteCount..<byteCount), now: now)
          sink.flushIfMany()
        } catch {
          breakConnection(error)
          used = bytes.byteCount
        }
      }
    }
    if isClosed { used = bytes.byteCount }
    return used
  }

  /// Who is at the other end, once the handshake is done.
  package var peer: PeerIdentity? { origin?.peer }

  /// Hands everything written so far to the peer.
  package func flush() {
    reportFinished()
    sink.flush()
    countKept()
  }

  /// Flushes once the loop is done with what it does now, so that the answers of one turn go out with
  /// one write.
  package func flushSoon() {
    guard !isFlushScheduled else { return }
    isFlushScheduled = true
    loop.execute { [weak self] in
      self?.assumeIsolated { connection in
        connection.isFlushScheduled = false
        connection.flush()
      }
    }
  }

  /// The peer has taken bytes: streams that waited may go on.
  package func writable() {
    countKept()
    guard mayRead else { return }
    resumeWriters(0)
  }

  /// Whether the peer takes its answers, as of the latest flush; while it does not, its requests are not
  /// read.
  package var mayRead: Bool { isClosed || unsentByteCount <= core.limits.bufferedBytesHigh }

  /// The connection is gone.
  package func closed() {
    isClosed = true
    isGone = true
    for stream in streams.keys { abandon(stream) }
    sink.forgetAll()
    countKept()
    reportFinished()
    resumeWriters(0)
    removeIfDone()
  }

  /// The server knows a connection until it is gone and the last of its handlers has returned.
  func removeIfDone() {
    if isGone, taskCount == 0 { core.remove(self) }
  }

  /// Takes no further calls. Closes when those that have begun have ended and the peer had the time to
  /// close first.
  package func drain() {
    drain(because: "the server drains")
  }

  func drain(because reason: String) {
    guard !isClosed, !isDraining else { return }
    isDraining = true
    writeGoAway(RPCError(.ok, "\(reason); open another connection"))
    flush()
    closeIfDrained()
  }

  // MARK: Ends

  func breakConnection(_ error: WireError) {
    goAway(RPCError(.invalidArgument, error.description))
  }

  func goAway(_ error: RPCError) {
    guard !isClosed else { return }
    writeGoAway(error)
    close()
    for stream in streams.keys { abandon(stream) }
    dropHandlers()
    reportFinished()
    resumeWriters(0)
  }

  func closeIfDrained() {
    guard isDraining, streams.isEmpty, inline == nil, sink.waitingByteCount == 0, !isClosed else {
      return
    }
    // Who has left needs no time to close first.
    guard origin != nil, !hasPeerLeft else { return close() }
    loop.schedule(at: loop.now.advanced(by: core.limits.drainLinger)) { [weak self] in
      self?.assumeIsolated { $0.close() }
    }
  }

  /// Ends for the sake of the others.
  func giveWay(_ error: RPCError) {
    // Whoever does not take its answers gets no more of them.
    sink.forgetAll()
    goAway(error)
  }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    sink.close()
  }

  private func closeUnlessReady() {
    guard origin == nil else { return }
    goAway(RPCError(.deadlineExceeded, "the handshake was not done in time"))
  }

  private func writeGoAway(_ error: RPCError) {
    var head = HandshakeHead()
    head[integer: 1] = UInt64(error.code.rawValue)
    head[bytes: 2] = StatusHead.cut(error.message, byteCountMax: StatusHead.messageBytesMax)
    head[integer: 3] = UInt64(max(0, error.retryAfter?.wholeNanoseconds ?? 0))
    writeControl(.goAway, head: head.encoded())
  }

  func writeControl(_ kind: FrameKind, stream: UInt32 = 0, head: [UInt8]) {
    sink.write(FrameHeader(kind: kind, stream: stream, headByteCount: head.count)) { output in
      head.withRawSpan { output.append(contentsOf: $0) }
    }
  }
}
