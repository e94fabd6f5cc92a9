internal import Base
internal import Wire

/// From a frame to its handler.
extension ServerConnection {
  func receive(
    _ frame: FrameHeader, payload: RawSpan, now: MonotonicInstant
  ) throws(WireError) {
    let head = payload.extracting(0..<frame.headByteCount)
    let body = payload.extracting(frame.headByteCount..<payload.byteCount)
    guard origin != nil else { return try receiveHandshake(frame, head: head) }
    // What is said of a call comes behind its beginning.
    if frame.kind != .call, !handlerCalls.isEmpty { beginHandlers() }
    switch frame.kind {
    case .call:
      try takeCredit(frame)
      try receiveCall(frame, head: head, body: body, now: now)
      giveCreditBack(frame)
    case .message:
      try takeCredit(frame)
      try receiveMessage(frame, body: body)
      giveCreditBack(frame)
    case .cancel: cancel(frame.stream)
    case .credit: try receiveCredit(frame, head: head)
    case .assertion: try receiveAssertion(head, now: now)
    case .ping: writeControl(.pong, head: head.array())
    case .goAway: leave()
    case .pong: break
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
        origin = CallOrigin(peer: try handshake.identify(message))
        decoder.payloadBytesMax = handshake.agreed.frameBytesMax
        compression.isAllowed =
          compression.isAllowed && handshake.agreed.capabilities.contains(.zstd)
        writeControl(.ready, head: core.readyHead)
        enforceCredit()
        closeWhenIdle()
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
    lastCalledAt = now
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
      requestByteCount: frame.bodyByteCount, creditCost: frame.creditCost)
    do throws(RPCError) {
      let route = core.routes[method]
      let origin = try origin(of: call)
      try admit(call, to: route.descriptor, by: origin)
      try start(call, origin: origin, route: route)
    } catch {
      fail(frame.stream, error)
    }
    // Ended by its handler: nothing is kept of it.
    guard let inline else { return }
    self.inline = nil
    keep(inline, work: .pending)
  }

  private func admit(
    _ call: borrowing CallView, to method: MethodDescriptor, by origin: CallOrigin
  ) throws(RPCError) {
    guard !isDraining else {
      throw RPCError(.unavailable, "the server drains; call another", retryAfter: .zero).notBegun()
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
    try checkTime(startedAt: call.receivedAt, deadline: call.deadline)
    for gate in core.gates { try gate.admit(call, of: method, by: origin) }
  }

  /// Refuses what is over before it begins. Only a short time can have passed since its read began: the
  /// others need no look at the clock.
  func checkTime(
    startedAt: MonotonicInstant, deadline: MonotonicInstant
  ) throws(RPCError) {
    guard deadline.nanoseconds(since: startedAt) < ReadTurn.nanosecondsMax, loop.now >= deadline
    else { return }
    throw RPCError(.deadlineExceeded, "the caller's time was over before the call began")
  }

  private func origin(of call: borrowing CallView) throws(RPCError) -> CallOrigin {
    let slot = call.head.assertionSlot
    guard slot != 0 else {
      guard let origin else { throw RPCError(.unauthenticated, "the handshake is not done") }
      return origin
    }
    guard let origin = vouched[slot], let caller = origin.caller,
      caller.expiresAt > call.receivedAt
    else {
      throw RPCError(.unauthenticated, "the assertion of slot \(slot) is not there or over")
    }
    return origin
  }

  private func start(
    _ call: borrowing CallView, origin: CallOrigin, route: Router.Route
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
        keep(
          inline, work: .raw(receiver),
          isWhole: call.flags.endsRequest(ofStream: route.descriptor.shape.streamsRequests))
      }
    case .typed(let handler):
      try reserve(call.bodyByteCount, after: 0)
      guard !call.flags.contains(.more) else {
        return try assemble(call, origin: origin)
      }
      let context = context(
        head: call.head, headBytes: call.headBytes, method: Int(call.head.method), origin: origin,
        deadline: call.deadline)
      try withInflated(call.body, flags: call.flags, byteCount: call.bodyByteCount) {
        (body) throws(RPCError) in
        do throws(DecodeError) {
          try handler(self, call.stream, context, body)
        } catch {
          throw RPCError(error)
        }
      }
    case .streaming(let handler):
      let context = context(
        head: call.head, headBytes: call.headBytes, method: Int(call.head.method), origin: origin,
        deadline: call.deadline)
      try startStreaming(call, context: context, handler: handler)
    }
  }

  func context(
    head: CallHead, headBytes: RawSpan, method: Int, origin: CallOrigin,
    deadline: MonotonicInstant
  ) -> CallContext {
    CallContext(
      method: core.methods[method], origin: origin, deadline: deadline,
      traceparent: TraceParent(bytes: headBytes.extracting(head.traceparent)),
      model: Self.text(head.model, of: headBytes), version: Self.text(head.version, of: headBytes),
      requestID: Self.text(head.requestID, of: headBytes), priority: head.priority,
      sharingKey: Self.number(head.routingKey, of: headBytes))
  }

  /// A key's first 8 bytes.
  private static func number(_ field: Range<Int>, of headBytes: RawSpan) -> UInt64 {
    var number: UInt64 = 0
    for offset in field.prefix(8) { number = number << 8 | UInt64(headBytes.byte(at: offset)) }
    return number
  }

  /// Most calls leave most of these empty.
  private static func text(_ field: Range<Int>, of headBytes: RawSpan) -> String {
    field.isEmpty ? "" : headBytes.extracting(field).text() ?? ""
  }

  private func receiveAssertion(_ head: RawSpan, now: MonotonicInstant) throws(WireError) {
    guard let message = try? HandshakeHead(decoding: head) else { throw .malformedHead(.assertion) }
    let slot = UInt32(truncatingIfNeeded: message[integer: 1])
    guard slot != 0, slot <= UInt32(core.limits.assertionSlotsMax) else {
      throw .malformedHead(.assertion)
    }
    guard let peer, case .service("gateway") = peer, let verifier = core.assertionVerifier else {
      throw .unexpectedFrame(.assertion, state: "the peer is no gateway")
    }
    // A bad token empties its slot: the calls that name it are refused.
    let caller = try? verifier.verify(message[bytes: 2], now: now)
    vouched[slot] = caller.map { CallOrigin(peer: peer, caller: $0) }
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
