internal import Base
package import Wire

/// Requests of more than one frame: messages in parts, and streams of messages.
extension ServerConnection {
  // MARK: Starting

  /// Keeps the first part of a request until the others are here.
  func assemble(_ call: borrowing CallView, origin: CallOrigin) throws(RPCError) {
    try reserveOfAll(call.bodyByteCount)
    let body = try inflated(call.body, flags: call.flags, byteCount: call.bodyByteCount)
    guard let inline else { return }
    self.inline = nil
    keep(
      inline,
      work: .assembling(
        RequestAssembly(head: call.headBytes.array(), origin: origin, body: body)),
      isWhole: false)
    hold(call.bodyByteCount, on: call.stream)
    // Nobody reads a request that is not whole: its credit comes back as it is taken in.
    giveCreditBack(call.creditCost, on: call.stream)
  }

  /// Starts a handler that reads its request as it comes.
  func startStreaming(
    _ call: borrowing CallView, context: CallContext, handler: Router.StreamingHandler
  ) throws(RPCError) {
    let stream = call.stream
    let inbox = MessageInbox(window: handshake.settings.streamCredit)
    guard let inline else { return }
    self.inline = nil
    keep(inline, work: .pending, isWhole: false)
    streams[stream]?.inbox = inbox
    // A call frame with a body brings the first message.
    if call.bodyByteCount > 0 || call.flags.contains(.end) {
      try add(
        call.body, flags: call.flags, byteCount: call.bodyByteCount, cost: call.creditCost,
        to: stream)
    } else {
      // It brings nothing that somebody could read.
      giveCreditBack(call.creditCost, on: stream)
    }
    handler(self, stream, context, inbox)
  }

  // MARK: Going on

  func receiveMessage(_ frame: FrameHeader, body: RawSpan) throws(WireError) {
    // A message may cross the end of its call: it is dropped.
    guard var stream = streams[frame.stream] else { return }
    guard !stream.isWhole else {
      throw .unexpectedFrame(.message, state: "the request of stream \(frame.stream) is whole")
    }
    stream.requestByteCount += frame.bodyByteCount
    let hasCredit = stream.credit?.take(frame.creditCost) ?? true
    let isRaw = if case .raw = stream.work { true } else { false }
    if isRaw {
      let streams = core.routes[stream.method].descriptor.shape.streamsRequests
      stream.isWhole = frame.flags.endsRequest(ofStream: streams)
    }
    streams[frame.stream] = stream
    do throws(RPCError) {
      guard hasCredit else {
        throw RPCError(.resourceExhausted, "a message came without credit of its stream")
      }
      if case .raw(let receiver) = stream.work {
        receiver.message(
          frame.flags, bodyByteCount: frame.bodyByteCount, creditCost: frame.creditCost, body: body,
          on: self)
      } else if stream.inbox != nil {
        try add(
          body, flags: frame.flags, byteCount: frame.bodyByteCount, cost: frame.creditCost,
          to: frame.stream)
      } else if case .assembling(let assembly) = stream.work {
        try append(frame, body: body, to: assembly)
      }
    } catch {
      fail(frame.stream, error)
    }
  }

  /// A further part of a request; the last one starts its handler.
  private func append(
    _ frame: FrameHeader, body: RawSpan, to assembly: RequestAssembly
  ) throws(RPCError) {
    let id = frame.stream
    try reserve(frame.bodyByteCount, after: assembly.body.count)
    try reserveOfAll(frame.bodyByteCount)
    assembly.body += try inflated(body, flags: frame.flags, byteCount: frame.bodyByteCount)
    guard !frame.flags.contains(.more) else {
      hold(frame.bodyByteCount, on: id)
      return giveCreditBack(frame.creditCost, on: id)
    }
    // Its task holds them from now on.
    letGo(on: id)
    streams[id]?.isWhole = true
    streams[id]?.credit = nil
    streams[id]?.work = .pending
    guard let stream = streams[id] else { return }
    try start(assembly, id, stream)
  }

  private func start(
    _ assembly: RequestAssembly, _ id: UInt32, _ stream: ServerStream
  ) throws(RPCError) {
    guard case .typed(let handler) = core.routes[stream.method].handler else { return }
    try assembly.head.withRawSpan { (bytes) throws(RPCError) in
      guard let head = try? CallHead(decoding: bytes) else { return }
      let context = context(
        head: head, headBytes: bytes, method: stream.method, origin: assembly.origin,
        deadline: stream.deadline)
      do throws(DecodeError) {
        try assembly.body.withRawSpan { (body) throws(DecodeError) in
          try handler(self, id, context, body)
        }
      } catch {
        throw RPCError(error)
      }
    }
  }

  // MARK: Streams of messages

  /// Hands a message, or a part of one, to the handler that reads the stream.
  private func add(
    _ body: RawSpan, flags: FrameFlags, byteCount: Int, cost: Int, to id: UInt32
  ) throws(RPCError) {
    guard let inbox = streams[id]?.inbox else { return }
    let isEnd = flags.endsRequest(ofStream: true)
    // An end without a body brings no message.
    if !isEnd || byteCount > 0 {
      try reserve(MessageInbox.heldByteCount(byteCount), after: 0)
      try reserveOfAll(byteCount)
      let message = try inflated(body, flags: flags, byteCount: byteCount)
      let isPart = flags.contains(.more)
      hold(MessageInbox.heldByteCount(byteCount), on: id)
      try inbox.add(
        message, cost: isPart ? 0 : cost, more: isPart, byteCountMax: core.limits.messageBytesMax)
      if isPart { giveCreditBack(cost, on: id) }
    }
    if isEnd {
      streams[id]?.isWhole = true
      inbox.end()
    }
  }

  /// The handler has read messages: the caller may send as much again.
  func hasRead(_ read: MessageInbox.Read, of stream: UInt32) {
    guard !isClosed, streams[stream] != nil else { return }
    letGo(read.heldByteCount, on: stream)
    giveCreditBack(read.cost, on: stream)
    flushSoon()
  }

  // MARK: Memory

  /// Refuses what would be too much for one message, or for one connection.
  func reserve(_ byteCount: Int, after before: Int) throws(RPCError) {
    let limits = core.limits
    guard before + byteCount <= limits.messageBytesMax else {
      throw RPCError(
        .resourceExhausted, "the request is over the limit of \(limits.messageBytesMax) bytes")
    }
    guard heldByteCount + byteCount <= limits.heldBytesMax else {
      throw RPCError(
        .resourceExhausted,
        "the requests of this connection that are not answered are over the limit of "
          + "\(limits.heldBytesMax) bytes; send one after the other",
        retryAfter: .milliseconds(10))
    }
  }

  /// Refuses a part of a request, or a message of a stream, that would be too much for all connections.
  private func reserveOfAll(_ byteCount: Int) throws(RPCError) {
    let limits = core.limits
    guard core.mayHold(byteCount, for: self) else {
      throw RPCError(
        .resourceExhausted,
        "the server's requests that are not answered are over the limit of "
          + "\(limits.heldBytesTotalMax) bytes", retryAfter: .milliseconds(100))
    }
  }

  private func hold(_ byteCount: Int, on stream: UInt32) {
    streams[stream]?.heldByteCount += byteCount
    changeHeld(by: byteCount)
  }

  private func letGo(_ byteCount: Int? = nil, on stream: UInt32) {
    guard let held = streams[stream]?.heldByteCount, held > 0 else { return }
    let gone = min(held, byteCount ?? held)
    streams[stream]?.heldByteCount -= gone
    changeHeld(by: -gone)
  }

  /// The server's total is told in steps: an exact one would cost each call two atomic operations.
  func changeHeld(by byteCount: Int) {
    heldByteCount += byteCount
    let untold = heldByteCount - toldByteCount
    guard abs(untold) >= core.step(.held) || heldByteCount == 0 && toldByteCount != 0 else {
      return
    }
    toldByteCount = heldByteCount
    core.change(.held, by: untold, of: self)
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

extension FrameFlags {
  /// Whether nothing more of a request comes behind a frame with these flags: a stream ends where it
  /// says so, any other request with its one message.
  func endsRequest(ofStream isStream: Bool) -> Bool {
    !contains(.more) && (!isStream || contains(.end))
  }
}

extension MethodShape {
  package var streamsRequests: Bool { self == .clientStream || self == .twoWayStream }
}
