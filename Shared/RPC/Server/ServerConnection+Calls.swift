internal import Base
internal import Synchronization
package import Wire

/// From a frame to its handler.
extension ServerConnection {
  func receive(
    _ frame: FrameHeader, payload: RawSpan, now: MonotonicInstant
  ) throws(WireError) {
    let head = payload.extracting(0..<frame.headByteCount)
    let body = payload.extracting(frame.headByteCount..<payload.byteCount)
    guard peer != nil else { return try receiveHandshake(frame, head: head) }
    switch frame.kind {
    case .call: try receiveCall(frame, head: head, body: body, now: now)
    case .message: try receiveMessage(frame, body: body)
    case .cancel: cancel(frame.stream)
    case .assertion: try receiveAssertion(head, now: now)
    case .ping: writeControl(.pong, head: head.array())
    case .pong, .credit, .goAway: break
    case .end, .hello, .welcome, .proof, .ready:
      throw .unexpectedFrame(frame.kind, state: "calls are served")
    }
  }

  private func receiveHandshake(_ frame: FrameHeader, head: RawSpan) throws(WireError) {
    let message: HandshakeHead
    do throws(ProtobufError) {
      message = try HandshakeHead(decoding: head)
    } catch {
      throw .malformedHead(frame.kind)
    }
    do throws(RPCError) {
      switch frame.kind {
      case .hello:
        writeControl(.welcome, head: try handshake.welcome(to: message))
      case .proof:
        peer = try handshake.identify(message)
        decoder.payloadBytesMax = handshake.agreed.frameBytesMax
        compression.isAllowed =
          compression.isAllowed && handshake.agreed.capabilities.contains(.zstd)
        writeControl(.ready, head: core.readyHead)
      default:
        throw RPCError(.failedPrecondition, "the handshake comes before anything else")
      }
    } catch {
      goAway(error)
    }
  }

  private func receiveCall(
    _ frame: FrameHeader, head headBytes: RawSpan, body: RawSpan, now: MonotonicInstant
  ) throws(WireError) {
    let head: CallHead
    do throws(ProtobufError) {
      head = try CallHead(decoding: headBytes)
    } catch {
      throw .malformedHead(.call)
    }
    guard frame.stream != 0, streams[frame.stream] == nil else {
      throw .unexpectedFrame(.call, state: "stream \(frame.stream) is in use")
    }
    let call = CallView(
      frame: frame, head: head, headBytes: headBytes, body: body, receivedAt: now)
    let method = Int(head.method)
    guard method < core.routes.count else {
      return refuse(
        frame.stream,
        RPCError(.unimplemented, "method \(method) is not in this server's table"))
    }
    inline = InlineCall(
      stream: frame.stream, method: method, startedAt: now, deadline: call.deadline,
      requestByteCount: frame.bodyByteCount)
    do throws(RPCError) {
      let caller = try admit(call, method: method)
      try start(call, caller: caller, route: core.routes[method])
    } catch {
      fail(frame.stream, error)
    }
    // Ended by its handler: nothing is kept of it.
    guard let inline else { return }
    self.inline = nil
    keep(inline, state: .pending)
  }

  private func admit(
    _ call: borrowing CallView, method: Int
  ) throws(RPCError) -> Caller? {
    guard let peer else { throw RPCError(.unauthenticated, "the handshake is not done") }
    guard !isDraining else {
      throw RPCError(.unavailable, "the server drains; call another", retryAfter: .zero)
    }
    // A cancelled call counts until its handler returns: cancelling is no way to have more of them.
    let callCount = max(streams.count, taskCount)
    guard callCount < core.limits.callsPerConnectionMax else {
      throw RPCError(
        .resourceExhausted,
        "this connection has \(callCount) calls in flight, the most that are taken; "
          + "wait for answers or open another connection", retryAfter: .milliseconds(10))
    }
    try call.head.checkLimits()
    var caller: Caller?
    if call.head.assertionSlot != 0 {
      guard let known = callers[call.head.assertionSlot], known.expiresAt > call.receivedAt else {
        throw RPCError(
          .unauthenticated, "the assertion of slot \(call.head.assertionSlot) is not there or over")
      }
      caller = known
    }
    let admission = CallAdmission(
      method: core.routes[method].descriptor, peer: peer, caller: caller)
    for interceptor in core.interceptors {
      try interceptor.admit(call, admission)
    }
    return caller
  }

  private func start(
    _ call: borrowing CallView, caller: Caller?, route: Router.Route
  ) throws(RPCError) {
    switch route.handler {
    case .synchronous(let handler):
      guard !call.flags.contains(.more) else {
        throw RPCError(
          .invalidArgument, "`\(route.descriptor.name)` takes a request of one frame only")
      }
      handler(self, call)
    case .raw(let handler):
      if let receiver = handler(self, call), let inline {
        self.inline = nil
        keep(inline, state: .raw(receiver, isWhole: !call.flags.contains(.more)))
      }
    case .typed(let handler):
      if call.flags.contains(.more) {
        try reserve(call.bodyByteCount, after: 0)
        try reserveOfAll(call.bodyByteCount)
        let body = try inflated(call.body, flags: call.flags, byteCount: call.bodyByteCount)
        if let inline {
          self.inline = nil
          assemblingByteCount += body.count
          keep(
            inline, state: .assembling(head: call.headBytes.array(), body: body, caller: caller))
        }
      } else {
        try reserve(call.bodyByteCount, after: 0)
        let context = context(
          head: call.head, headBytes: call.headBytes, method: Int(call.head.method),
          caller: caller, deadline: call.deadline)
        try withInflated(call.body, flags: call.flags, byteCount: call.bodyByteCount) {
          (body) throws(RPCError) in
          do throws(DecodeError) {
            try handler(self, call.stream, context, body)
          } catch {
            throw RPCError(error)
          }
        }
      }
    }
  }

  private func context(
    head: CallHead, headBytes: RawSpan, method: Int, caller: Caller?, deadline: MonotonicInstant
  ) -> CallContext {
    CallContext(
      method: core.routes[method].descriptor, peer: peer ?? .service(""), caller: caller,
      deadline: deadline,
      traceparent: TraceParent(bytes: headBytes.extracting(head.traceparent)),
      model: headBytes.extracting(head.model).text() ?? "",
      version: headBytes.extracting(head.version).text() ?? "",
      requestID: headBytes.extracting(head.requestID).text() ?? "")
  }

  private func receiveMessage(_ frame: FrameHeader, body: RawSpan) throws(WireError) {
    // A message may cross the end of its call: it is dropped.
    guard var stream = streams[frame.stream] else { return }
    stream.requestByteCount += frame.bodyByteCount
    switch stream.state {
    case .raw(let receiver, isWhole: false):
      stream.state = .raw(receiver, isWhole: !frame.flags.contains(.more))
      streams[frame.stream] = stream
      receiver.message(frame.flags, bodyByteCount: frame.bodyByteCount, body: body, on: self)
    case .assembling(let head, var assembled, let caller):
      // Let go of the copy in the table, so that appending does not copy what came before.
      stream.state = .pending
      streams[frame.stream] = stream
      do throws(RPCError) {
        assemblingByteCount -= assembled.count
        try reserve(frame.bodyByteCount, after: assembled.count)
        try reserveOfAll(assembled.count + frame.bodyByteCount)
        assembled += try inflated(body, flags: frame.flags, byteCount: frame.bodyByteCount)
        if frame.flags.contains(.more) {
          assemblingByteCount += assembled.count
          stream.state = .assembling(head: head, body: assembled, caller: caller)
          streams[frame.stream] = stream
        } else {
          try startAssembled(frame.stream, stream, head: head, body: assembled, caller: caller)
        }
      } catch {
        fail(frame.stream, error)
      }
    case .running, .pending, .raw(_, isWhole: true):
      throw .unexpectedFrame(.message, state: "the request of stream \(frame.stream) is whole")
    }
  }

  private func startAssembled(
    _ id: UInt32, _ stream: ServerStream, head headBytes: [UInt8], body: [UInt8], caller: Caller?
  ) throws(RPCError) {
    guard case .typed(let handler) = core.routes[stream.method].handler else { return }
    try headBytes.withRawSpan { (bytes) throws(RPCError) in
      guard let head = try? CallHead(decoding: bytes) else { return }
      let context = context(
        head: head, headBytes: bytes, method: stream.method, caller: caller,
        deadline: stream.deadline)
      do throws(DecodeError) {
        try body.withRawSpan { (body) throws(DecodeError) in
          try handler(self, id, context, body)
        }
      } catch {
        throw RPCError(error)
      }
    }
  }

  /// Refuses a part of a request that would be too much.
  private func reserve(_ byteCount: Int, after before: Int) throws(RPCError) {
    let limits = core.limits
    guard before + byteCount <= limits.messageBytesMax else {
      throw RPCError(
        .resourceExhausted, "the request is over the limit of \(limits.messageBytesMax) bytes")
    }
    guard assemblingByteCount + before + byteCount <= limits.assemblyBytesMax else {
      throw RPCError(
        .resourceExhausted,
        "the requests of this connection that are not whole are over the limit of "
          + "\(limits.assemblyBytesMax) bytes; send one after the other",
        retryAfter: .milliseconds(10))
    }
  }

  /// Refuses what would be too much for all connections together. A request of one frame waits for
  /// nothing, so that nobody's unfinished ones keep it out.
  private func reserveOfAll(_ byteCount: Int) throws(RPCError) {
    let waiting = core.assemblingByteCount.load(ordering: .relaxed)
    guard waiting + byteCount <= core.limits.assemblyBytesTotalMax else {
      throw RPCError(
        .resourceExhausted,
        "the requests of this server that are not whole are over the limit of "
          + "\(core.limits.assemblyBytesTotalMax) bytes; try again",
        retryAfter: .milliseconds(100))
    }
  }

  private func receiveAssertion(_ head: RawSpan, now: MonotonicInstant) throws(WireError) {
    guard let message = try? HandshakeHead(decoding: head) else { throw .malformedHead(.assertion) }
    let slot = UInt32(truncatingIfNeeded: message[integer: 1])
    guard slot != 0, slot <= UInt32(core.limits.assertionSlotsMax) else {
      throw .malformedHead(.assertion)
    }
    guard case .service("gateway")? = peer, let verifier = core.assertionVerifier else {
      throw .unexpectedFrame(.assertion, state: "the peer is no gateway")
    }
    // A bad token empties its slot: the calls that name it are refused.
    callers[slot] = try? verifier.verify(message[bytes: 2], now: now)
  }

  // MARK: Bodies

  /// Calls `use` with the inflated body; a body that came as it is, in place.
  package func withInflated(
    _ body: RawSpan, flags: FrameFlags, byteCount: Int,
    _ use: (RawSpan) throws(RPCError) -> Void
  ) throws(RPCError) {
    guard flags.contains(.compressed) else { return try use(body) }
    let inflated = try inflated(body, flags: flags, byteCount: byteCount)
    try inflated.withRawSpan(use)
  }

  private func inflated(
    _ body: RawSpan, flags: FrameFlags, byteCount: Int
  ) throws(RPCError) -> [UInt8] {
    guard flags.contains(.compressed) else { return body.array() }
    do throws(WireError) {
      return try loop.compression.decompress(body, byteCount: byteCount)
    } catch {
      throw RPCError(.invalidArgument, error.description)
    }
  }
}

extension RPCError {
  /// What a caller is told of a body that can't be read.
  package init(_ error: DecodeError) {
    switch error {
    case .malformed(let message):
      self.init(.invalidArgument, "the request is not a `\(message)` message")
    case .invalidText(let message, let field):
      self.init(
        .invalidArgument, "field `\(field)` of `\(message)` must be UTF-8 text without NUL")
    case .overBudget(let message, let bytesMax):
      self.init(
        .resourceExhausted,
        "reading this `\(message)` would need more than \(bytesMax) bytes of memory")
    }
  }
}
