internal import Base
internal import RPC
internal import Synchronization
internal import Wire

/// A request that comes in parts is held until it is whole, and then goes on at once: whoever sends one
/// slowly, or never ends it, keeps nobody else from the connection to the worker.
extension ForwardedCall {
  /// Takes the first part.
  func holdFirst(_ frame: Frame) {
    do throws(RPCError) {
      try hold(frame, requests: 1)
      loop.unfinished.add(self)
      // What is held has a budget of its own. The caller's connection knows of the stream only once its
      // handler has returned.
      loop.upstreams.loop.execute { [self] in payCaller(frame.creditCost) }
    } catch {
      fail(error)
    }
  }

  /// A further frame of the request.
  func message(
    _ flags: FrameFlags, bodyByteCount: Int, creditCost: Int, body: RawSpan,
    on connection: isolated ServerConnection
  ) {
    guard !isEnded else { return }
    if method.shape.streamsRequests {
      return goOn(
        Frame(
          flags: flags, bodyByteCount: bodyByteCount, body: body.array(), creditCost: creditCost))
    }
    do throws(RPCError) {
      try hold(
        Frame(flags: flags, bodyByteCount: bodyByteCount, body: body.array()), requests: 0)
    } catch {
      return fail(error)
    }
    guard !flags.contains(.more) else {
      // What is held has a budget of its own.
      return connection.giveCreditBack(creditCost, on: stream)
    }
    loop.unfinished.remove(self)
    attempt(excluding: nil)
  }

  /// The time for a request to become whole is over.
  func tookTooLong() {
    fail(
      RPCError(
        .deadlineExceeded,
        "the request was not whole \(UnfinishedRequests.timeMax.components.seconds) seconds after "
          + "its first part; send its parts one right after the other"))
  }

  /// Gives back what the request was counted with.
  func release(_ held: HeldRequests.Size) {
    guard held != .none else { return }
    holder.counts.held.giveBack(held)
    forwarder.held.giveBack(held)
  }

  private func hold(_ frame: Frame, requests: Int) throws(RPCError) {
    let byteCount = state.withLock { $0.requestByteCount + frame.bodyByteCount }
    guard byteCount <= WireLimits.messageBytesMax else {
      throw RPCError(
        .resourceExhausted,
        "the request is over the limit of \(WireLimits.messageBytesMax) bytes")
    }
    try count(frame, requests: requests)
    state.withLock { state in
      state.requestByteCount = byteCount
      state.wasHeld = true
      state.frames.append(frame)
    }
  }

  /// Counts a frame as held.
  func count(_ frame: Frame, requests: Int) throws(RPCError) {
    let size = HeldRequests.Size(requests: requests, bytes: HeldRequests.byteCount(of: frame))
    guard holder.counts.held.take(size) else {
      throw RPCError(
        .resourceExhausted,
        "the key has more unfinished requests than it may: \(HeldRequests.keyMax.requests), or "
          + "\(HeldRequests.keyMax.bytes) bytes of them; end one before the next",
        retryAfter: Self.retryAfterHeld)
    }
    guard forwarder.held.take(size) else {
      holder.counts.held.giveBack(size)
      throw RPCError(
        .resourceExhausted, "the gateway holds as many unfinished requests as it may; try again",
        retryAfter: Self.retryAfterHeld)
    }
    state.withLock { state in
      state.held.requests += size.requests
      state.held.bytes += size.bytes
    }
  }

  /// About how long a request in parts takes to become whole.
  private static let retryAfterHeld: Duration = .milliseconds(100)
}
