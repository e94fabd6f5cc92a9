internal import RPC
internal import Synchronization
internal import Wire

/// A request that is a stream of messages goes on as it comes, as far as the worker's credit reaches. The
/// caller gets its credit back only for what has gone on, so that a worker that does not read stops that
/// caller's stream, and no more than its window waits here.
extension ForwardedCall {
  /// Takes the first frame.
  func beginStream(_ frame: Frame) {
    do throws(RPCError) {
      try keep(frame, requests: 1)
      attempt(excluding: nil)
    } catch {
      fail(error)
    }
  }

  /// Takes a further frame.
  func goOn(_ frame: Frame) {
    do throws(RPCError) {
      try keep(frame, requests: 0)
    } catch {
      return failStream(error)
    }
    state.withLock { $0.upstream }?.assumeIsolated { passOn($0) }
  }

  /// The worker has the call; what came meanwhile follows. It can't be sent again from now on.
  func streamBegan(_ upstreamStream: UInt32, on upstream: ClientConnection) {
    state.withLock { state in
      state.upstream = upstream
      state.upstreamStream = upstreamStream
      state.hasBegun = true
    }
    guard let first = takeFrame() else { return }
    // The caller's connection knows of the stream only once its handler has returned.
    loop.upstreams.loop.execute { [self] in payCaller(first.creditCost) }
    upstream.assumeIsolated { passOn($0) }
  }

  func writable(on upstream: isolated ClientConnection) {
    passOn(upstream)
  }

  /// Passes on what waits, as far as the worker takes it.
  private func passOn(_ upstream: isolated ClientConnection) {
    let upstreamStream = state.withLock { $0.upstreamStream }
    var paid = 0
    while state.withLock({ !$0.waiting.isEmpty }) {
      guard !upstream.mustWait(upstreamStream) else {
        upstream.awaitWritable(upstreamStream)
        break
      }
      guard let frame = takeFrame() else { break }
      frame.body.withRawSpan {
        upstream.forward(
          frame.flags, on: upstreamStream, bodyByteCount: frame.bodyByteCount, body: $0)
      }
      paid += frame.creditCost
    }
    upstream.flushSoon()
    payCaller(paid)
  }

  /// The first frame that waits, which is held no more.
  private func takeFrame() -> Frame? {
    let taken = state.withLock { state -> (Frame, HeldRequests.Size)? in
      guard let frame = state.waiting.popFirst() else { return nil }
      var size = HeldRequests.Size(bytes: HeldRequests.byteCount(of: frame))
      if frame.flags.contains(.end), !frame.flags.contains(.more) {
        size.requests = 1
      }
      state.held.requests -= size.requests
      state.held.bytes -= size.bytes
      return (frame, size)
    }
    guard let (frame, size) = taken else { return nil }
    release(size)
    return frame
  }

  /// Credit of the caller's stream, for what has gone on or is counted elsewhere.
  func payCaller(_ creditCost: Int) {
    guard creditCost > 0, !isEnded else { return }
    caller.assumeIsolated { caller in
      caller.giveCreditBack(creditCost, on: stream)
      caller.flushSoon()
    }
  }

  private func keep(_ frame: Frame, requests: Int) throws(RPCError) {
    try count(frame, requests: requests)
    state.withLock { state in
      state.requestByteCount += frame.bodyByteCount
      state.waiting.append(frame)
    }
  }

  /// Ends the call on both sides.
  private func failStream(_ error: RPCError) {
    let begun = finish(error.code)
    if let (upstream, upstreamStream) = begun {
      upstream.assumeIsolated { $0.cancel(upstreamStream) }
    }
    caller.assumeIsolated { caller in
      caller.fail(stream, error)
      caller.flushSoon()
    }
  }
}
