internal import Base
package import Wire

/// From a handler's result to frames, and what becomes of a call when it ends.
extension ServerConnection {
  // MARK: Replies

  /// Ends a call well.
  @inlinable
  package func respond(to stream: UInt32, with response: some WireMessage) {
    response.encode { respond(to: stream, byteCount: $0, $1) }
  }

  /// Ends a call well with bytes that are the encoded response.
  package func respond(
    to stream: UInt32, byteCount: Int, _ fill: (inout OutputRawSpan) -> Void
  ) {
    guard isOpen(stream) else { return }
    writeBody(.end, stream: stream, byteCount: byteCount, fill)
    finish(stream, .ok, byteCount: byteCount)
  }

  /// Ends a stream well.
  package func end(_ stream: UInt32) {
    guard isOpen(stream) else { return }
    sink.write(FrameHeader(kind: .end, flags: .end, stream: stream)) { _ in }
    finish(stream, .ok, byteCount: 0)
  }

  /// Ends a call with an error.
  package func fail(_ stream: UInt32, _ error: RPCError) {
    guard isOpen(stream) else { return }
    // What waits for credit is of no use any more; the error needs none.
    sink.forget(stream)
    refuse(stream, error)
    finish(stream, error.code, byteCount: 0)
  }

  /// Says that a call has failed, without knowing of it.
  func refuse(_ stream: UInt32, _ error: RPCError) {
    guard !isClosed else { return }
    let head = StatusHead.encode(error)
    sink.write(
      FrameHeader(kind: .end, flags: .end, stream: stream, headByteCount: head.count)
    ) { output in head.withRawSpan { output.append(contentsOf: $0) } }
  }

  /// Passes a frame of another connection on, as it came. An end frame ends the call.
  ///
  /// - Returns: `false` if it can't be passed on; the call has failed then.
  @discardableResult
  package func forward(
    _ kind: FrameKind, flags: FrameFlags, to stream: UInt32, head: RawSpan, bodyByteCount: Int,
    body: RawSpan
  ) -> Bool {
    guard isOpen(stream) else { return true }
    do throws(WireError) {
      try FrameWriter.forward(
        kind, flags: flags, stream: stream, head: head.array(), bodyByteCount: bodyByteCount,
        body: body, agreed: handshake.agreed, on: loop, to: sink)
    } catch {
      fail(stream, RPCError(.internalError, "the answer can't be passed on: \(error)"))
      return false
    }
    closeIfUnread()
    if kind == .end {
      let status = (try? StatusHead.decode(head))?.code ?? .ok
      finish(stream, status, byteCount: bodyByteCount)
    } else {
      streams[stream]?.responseByteCount += bodyByteCount
    }
    return true
  }

  /// Sends one message of a server stream, and waits while the peer takes less than was written.
  func send(_ response: some WireMessage, on stream: UInt32) async throws(RPCError) {
    while mustWait(stream), isOpen(stream) {
      flush()
      await withCheckedContinuation { writers.add($0, on: stream) }
    }
    guard isOpen(stream) else {
      throw RPCError(.cancelled, "nobody waits for this stream any more")
    }
    response.encode { byteCount, fill in
      writeBody(.message, stream: stream, byteCount: byteCount, fill)
      streams[stream]?.responseByteCount += byteCount
    }
    flush()
  }

  // MARK: Lifetime

  func keep(_ call: InlineCall, work: ServerStream.Work, isWhole: Bool = true) {
    var stream = ServerStream(
      method: call.method, startedAt: call.startedAt, deadline: call.deadline,
      requestByteCount: call.requestByteCount, work: work, isWhole: isWhole)
    if !isWhole, connectionCredit != nil {
      var credit = CreditMeter(window: handshake.settings.streamCredit)
      // Its first frame always may come.
      _ = credit.take(call.creditCost)
      stream.credit = credit
    }
    streams[call.stream] = stream
    if call.deadline != .distantFuture { arm(call.deadline) }
    if !watch.isOn { watchPeer() }
  }

  package func isOpen(_ stream: UInt32) -> Bool {
    !isClosed && (inline?.stream == stream || streams[stream] != nil)
  }

  /// Nobody waits for the call any more: whatever works on it is told, and its answer is dropped.
  func cancel(_ stream: UInt32) {
    abandon(stream)
    closeIfDrained()
  }

  /// Forgets a call that nobody waits for.
  func abandon(_ stream: UInt32) {
    sink.forget(stream)
    guard let ended = streams.removeValue(forKey: stream) else { return }
    release(stream, ended)
    report(
      ended.method, .cancelled, startedAt: ended.startedAt,
      requestByteCount: ended.requestByteCount, responseByteCount: ended.responseByteCount)
  }

  /// Tells whatever works on a call that it may stop.
  private func release(_ id: UInt32, _ stream: ServerStream) {
    stream.inbox?.end(RPCError(.cancelled, "the caller waits no more"))
    switch stream.work {
    case .running(let task):
      task.cancel()
      writers.wake(id)
    case .raw(let receiver): receiver.cancelled(on: self)
    case .assembling, .pending: break
    }
    forget(stream, id)
  }

  /// What a stream kept is kept no more.
  private func forget(_ stream: ServerStream, _ id: UInt32) {
    if stream.heldByteCount > 0 { changeHeld(by: -stream.heldByteCount) }
    rawWriters.remove(id)
  }

  private func finish(_ stream: UInt32, _ status: StatusCode, byteCount: Int) {
    if let call = inline, call.stream == stream {
      inline = nil
      report(call, status, responseByteCount: byteCount)
    } else if let ended = streams.removeValue(forKey: stream) {
      // A handler may answer before it has read all of its request.
      ended.inbox?.end(RPCError(.cancelled, "the call has ended"))
      forget(ended, stream)
      report(
        ended.method, status, startedAt: ended.startedAt, requestByteCount: ended.requestByteCount,
        responseByteCount: ended.responseByteCount + byteCount)
    }
    if isDraining { closeIfDrained() }
  }

  func report(_ call: InlineCall, _ status: StatusCode, responseByteCount: Int = 0) {
    report(
      call.method, status, startedAt: call.startedAt, requestByteCount: call.requestByteCount,
      responseByteCount: responseByteCount)
  }

  private func report(
    _ method: Int, _ status: StatusCode, startedAt: MonotonicInstant, requestByteCount: Int,
    responseByteCount: Int
  ) {
    finishedCalls.append(
      FinishedCall(
        method: method, status: status, startedAt: startedAt, requestByteCount: requestByteCount,
        responseByteCount: responseByteCount))
  }

  /// Tells the observers of all calls of a turn at once: one look at the clock stands for them.
  func reportFinished() {
    guard !finishedCalls.isEmpty else { return }
    let now = loop.now
    for observer in core.observers { observer.finished(finishedCalls, of: core.methods, at: now) }
    finishedCalls.removeAll(keepingCapacity: finishedCalls.count <= Self.finishedCallsKept)
  }

  /// Room that a connection keeps for calls that end in one turn.
  private static let finishedCallsKept = 64

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
    guard timerAt == armed, !isClosed else { return }
    timerAt = .distantFuture
    let now = loop.now
    var next = MonotonicInstant.distantFuture
    for (id, stream) in streams {
      if stream.deadline <= now {
        release(id, stream)
        streams[id]?.work = .pending
        streams[id]?.heldByteCount = 0
        fail(id, RPCError(.deadlineExceeded, "the caller's time was over before the answer"))
      } else {
        next = min(next, stream.deadline)
      }
    }
    if next != .distantFuture { arm(next) }
    flush()
  }

  // MARK: Frames

  /// Writes a message in as many frames as the peer's limit asks for, compressed where that pays.
  private func writeBody(
    _ kind: FrameKind, stream: UInt32, byteCount: Int, _ fill: (inout OutputRawSpan) -> Void
  ) {
    FrameWriter.write(
      kind, flags: kind == .end ? .end : [], stream: stream, byteCount: byteCount,
      frameBytesMax: handshake.agreed.frameBytesMax, compression: &compression, on: loop, to: sink,
      fill)
    closeIfUnread()
  }

  /// A peer that asks on and takes no answers would have us keep them all.
  private func closeIfUnread() {
    guard sink.waitingByteCount > core.limits.waitingBytesMax else { return }
    goAway(
      RPCError(
        .resourceExhausted,
        "answers of more than \(core.limits.waitingBytesMax) bytes wait for credit that does not come"
      ))
  }
}
