internal import Base
package import Wire

/// Starting, cancelling and timing out calls.
extension ClientConnection {
  /// Starts a call whose request is a message, and returns its stream id. The caller flushes.
  ///
  /// - Throws: if the call can't be sent; the receiver then hears nothing.
  @inlinable
  package func start(
    _ method: MethodDescriptor, _ request: some WireMessage, options: CallOptions,
    receiver: any ReplyReceiver
  ) throws(RPCError) -> UInt32 {
    let (head, stream) = try begin(method, options: options, receiver: receiver)
    request.encode { send(head, options.metadata, on: stream, byteCount: $0, $1) }
    return stream
  }

  /// Starts a call whose request is a stream, with nothing of it yet, and returns its stream id. The
  /// caller flushes.
  func start(
    _ method: MethodDescriptor, options: CallOptions, receiver: any ReplyReceiver
  ) throws(RPCError) -> UInt32 {
    let (head, stream) = try begin(method, options: options, receiver: receiver)
    let headByteCount = head.byteCount(options.metadata)
    sink.write(FrameHeader(kind: .call, stream: stream, headByteCount: headByteCount)) {
      head.encode(options.metadata, into: &$0)
    }
    return stream
  }

  /// Starts a call whose first frame is passed on from another connection, its body as it came, and
  /// returns its stream id. The caller flushes.
  package func forward(
    _ method: MethodDescriptor, options: CallOptions, flags: FrameFlags, bodyByteCount: Int,
    body: RawSpan, receiver: any ReplyReceiver
  ) throws(RPCError) -> UInt32 {
    let (head, stream) = try begin(method, options: options, receiver: receiver)
    do throws(WireError) {
      try FrameWriter.forward(
        .call, flags: flags, stream: stream, head: head.encoded(options.metadata),
        bodyByteCount: bodyByteCount, body: body, agreed: handshake.agreed, on: loop, to: sink)
    } catch {
      remove(stream)
      throw RPCError(.invalidArgument, error.description)
    }
    return stream
  }

  /// Passes a further frame of a forwarded request on.
  package func forward(
    _ flags: FrameFlags, on stream: UInt32, bodyByteCount: Int, body: RawSpan
  ) {
    guard let receiver = calls.receiver(of: stream) else { return }
    do throws(WireError) {
      try FrameWriter.forward(
        .message, flags: flags, stream: stream, head: [], bodyByteCount: bodyByteCount, body: body,
        agreed: handshake.agreed, on: loop, to: sink)
    } catch {
      cancel(stream)
      receiver.failed(RPCError(.invalidArgument, error.description), on: self)
    }
  }

  /// Nobody waits for the call any more. Its receiver hears nothing further.
  package func cancel(_ stream: UInt32) {
    guard calls.receiver(of: stream) != nil else { return }
    tellCancelled(stream)
    sink.flush()
    closeIfRetired()
  }

  /// Forgets a call, and tells the server if it has heard of it.
  private func tellCancelled(_ stream: UInt32) {
    guard remove(stream) else { return }
    sink.write(FrameHeader(kind: .cancel, stream: stream)) { _ in }
  }

  /// Forgets a call. `false` if the server never heard of it.
  @discardableResult
  func remove(_ stream: UInt32) -> Bool {
    calls.remove(stream)
    let wasSent = sink.forget(stream)
    writers.wake(stream)
    if !rawWriters.isEmpty { rawWriters.remove(stream) }
    return wasSent
  }

  /// Forgets a call that has its answer, and returns who takes it.
  func end(_ stream: UInt32) -> (any ReplyReceiver)? {
    let receiver = calls.remove(stream)
    sink.forget(stream)
    writers.wake(stream)
    return receiver
  }

  /// Whether the server has a method.
  package func has(_ method: MethodDescriptor) -> Bool {
    methods[method.name] != nil
  }

  /// Takes a call in: everything that is to be known before its first byte is written.
  package func begin(
    _ method: MethodDescriptor, options: CallOptions, receiver: any ReplyReceiver
  ) throws(RPCError) -> (head: OutgoingCallHead, stream: UInt32) {
    switch state {
    case .ready:
      guard sink.waitingByteCount <= Self.waitingBytesMax else {
        throw RPCError(
          .resourceExhausted,
          "requests of more than \(Self.waitingBytesMax) bytes wait for credit of the server",
          retryAfter: .milliseconds(10))
      }
    case .connecting: throw RPCError(.unavailable, "the connection is not ready").notBegun()
    case .retiring: throw RPCError(.unavailable, "the server drains").notBegun()
    case .closed(let error): throw error.notBegun()
    }
    try CallHeadLimits.check(
      model: options.metadata.model.count, version: options.metadata.version.count,
      routingKey: options.metadata.routingKey.count, requestID: options.metadata.requestID.count)
    let timeout = options.timeoutNanoseconds
    let head = OutgoingCallHead(
      method: try number(of: method), timeoutNanoseconds: timeout,
      assertionSlot: options.assertion.isEmpty
        ? options.metadata.assertionSlot : try slot(of: options.assertion))
    return (head, try add(receiver, timeoutNanoseconds: timeout))
  }

  /// Writes a call that has begun.
  package func send(
    _ head: OutgoingCallHead, _ metadata: CallMetadata, on stream: UInt32, byteCount: Int,
    _ fill: (inout OutputRawSpan) -> Void
  ) {
    FrameWriter.write(
      .call, flags: .end, stream: stream, headByteCount: head.byteCount(metadata),
      fillHead: { head.encode(metadata, into: &$0) }, byteCount: byteCount,
      frameBytesMax: handshake.agreed.frameBytesMax, compression: &compression, on: loop, to: sink,
      fill)
  }

  /// Bytes that may wait for credit before further calls are refused.
  private static let waitingBytesMax = 2 * WireLimits.messageBytesMax

  /// Most calls are of the method of the call before: then its name is not hashed.
  private func number(of method: MethodDescriptor) throws(RPCError) -> UInt32 {
    if let latestMethod, latestMethod.descriptor === method { return latestMethod.number }
    guard let number = methods[method.name] else {
      throw RPCError(.unimplemented, "this server has no method `\(method.name)`")
    }
    latestMethod = (method, number)
    return number
  }

  private func add(
    _ receiver: any ReplyReceiver, timeoutNanoseconds: UInt64
  ) throws(RPCError) -> UInt32 {
    let deadline = deadline(after: timeoutNanoseconds)
    guard let stream = calls.add(receiver, deadline: deadline) else {
      throw RPCError(
        .resourceExhausted, "this connection has \(CallSlots.countMax) calls in flight",
        retryAfter: .milliseconds(10))
    }
    arm(deadline)
    if !watch.isOn { watchServer() }
    return stream
  }

  /// Calls that leave from within a read, with times that are long beside it, need no look at the clock.
  private func deadline(after timeoutNanoseconds: UInt64) -> MonotonicInstant {
    guard timeoutNanoseconds != 0 else { return .distantFuture }
    if let readAt, timeoutNanoseconds >= ReadTurn.nanosecondsMax {
      return readAt.advanced(byNanoseconds: timeoutNanoseconds)
    }
    return loop.now.advanced(byNanoseconds: timeoutNanoseconds)
  }

  /// Bytes of an assertion: with its slot it goes into a head, whose length has 16 bits.
  package static let assertionBytesMax = 60 * 1024

  /// The slot that keeps an assertion, sent to the server on its first use.
  private func slot(of assertion: [UInt8]) throws(RPCError) -> UInt32 {
    guard assertion.count <= Self.assertionBytesMax else {
      throw RPCError(
        .invalidArgument,
        "an assertion of \(assertion.count) bytes does not fit into a frame's head; "
          + "expected at most \(Self.assertionBytesMax)")
    }
    let (slot, isNew) = assertions.slot(of: assertion)
    if isNew {
      var head = HandshakeHead()
      head[integer: 1] = UInt64(slot)
      head[bytes: 2] = assertion
      writeControl(.assertion, head: head.encoded())
    }
    return slot
  }

  // MARK: Deadlines

  /// One timer stands for the earliest deadline; calls that end early cost it nothing.
  private func arm(_ deadline: MonotonicInstant) {
    guard deadline < timerAt else { return }
    timerAt = deadline
    loop.schedule(at: deadline) { [weak self] in
      self?.assumeIsolated { $0.expire(deadline) }
    }
  }

  private func expire(_ armed: MonotonicInstant) {
    guard timerAt == armed else { return }
    timerAt = .distantFuture
    let (streams, next) = calls.expired(at: loop.now)
    for stream in streams {
      guard let receiver = calls.receiver(of: stream) else { continue }
      tellCancelled(stream)
      receiver.failed(
        RPCError(.deadlineExceeded, "no answer came in the time that the caller gave"), on: self)
    }
    if !streams.isEmpty { sink.flush() }
    arm(next)
    closeIfRetired()
  }
}
