internal import Wire

/// Calls for async callers.
extension ClientConnection {
  package nonisolated(nonsending) func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    let ticket = CallTicket()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        submit { connection in
          connection.start(method, request, options: options, for: ticket, continuation)
        }
      }
    } onCancel: {
      submit { $0.cancel(ticket) }
    }
    return try result.get()
  }

  package func stream<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> ResponseStream<Response> {
    try await waitUntilReady()
    let receiver = streamReceiver(isUnary: false)
    let stream = try start(method.descriptor, request, options: options, receiver: receiver)
    return ResponseStream(call: opened(stream, receiver))
  }

  /// Returns when the call is sent, without anything of its request.
  package func clientStream<Request, Response>(
    _ method: Method<Request, Response>, options: CallOptions
  ) async throws(RPCError) -> ClientStreamCall<Request, Response> {
    try await waitUntilReady()
    let receiver = streamReceiver(isUnary: true)
    let stream = try start(method.descriptor, options: options, receiver: receiver)
    return ClientStreamCall(opened(stream, receiver))
  }

  /// Returns when the call is sent, without anything of its request.
  package func twoWayStream<Request, Response>(
    _ method: Method<Request, Response>, options: CallOptions
  ) async throws(RPCError) -> TwoWayStreamCall<Request, Response> {
    try await waitUntilReady()
    let receiver = streamReceiver(isUnary: false)
    let stream = try start(method.descriptor, options: options, receiver: receiver)
    return TwoWayStreamCall(opened(stream, receiver))
  }

  private func streamReceiver(isUnary: Bool) -> StreamReceiver {
    StreamReceiver(
      inbox: MessageInbox(window: handshake.settings.streamCredit), isUnary: isUnary)
  }

  private func opened(_ stream: UInt32, _ receiver: StreamReceiver) -> OpenCall {
    receiver.stream = stream
    sink.flush()
    return OpenCall(connection: self, stream: stream, inbox: receiver.inbox)
  }

  // MARK: Requests that are streams

  /// Sends one message of a request, and waits while the server takes less than was written.
  func send(_ request: some WireMessage, on stream: UInt32) async throws(RPCError) {
    while mustWait(stream), calls.isWritten(stream) {
      sink.flush()
      try await waitForCredit(stream)
    }
    guard calls.isWritten(stream) else {
      throw RPCError(.cancelled, "the call takes nothing more; its answer says why")
    }
    request.encode { byteCount, fill in
      FrameWriter.write(
        .message, flags: [], stream: stream, byteCount: byteCount,
        frameBytesMax: handshake.agreed.frameBytesMax, compression: &compression, on: loop,
        to: sink, fill)
    }
    flushSoon()
  }

  private func waitForCredit(_ stream: UInt32) async throws(RPCError) {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard !Task.isCancelled else { return continuation.resume() }
        writers.add(continuation, on: stream)
      }
    } onCancel: {
      loop.execute { [weak self] in self?.assumeIsolated { $0.writers.wake(stream) } }
    }
    guard !Task.isCancelled else {
      throw RPCError(.cancelled, "the writer of the stream was cancelled")
    }
  }

  func finishRequest(_ stream: UInt32) {
    guard calls.isWritten(stream) else { return }
    calls.finishRequest(stream)
    sink.write(FrameHeader(kind: .message, flags: .end, stream: stream)) { _ in }
    sink.flush()
    writers.wake(stream)
  }

  /// The caller's task was cancelled.
  func abandon(_ stream: UInt32) {
    guard let receiver = calls.receiver(of: stream) else { return }
    cancel(stream)
    receiver.failed(RPCError(.cancelled, "the caller cancelled the call"), on: self)
  }
}
