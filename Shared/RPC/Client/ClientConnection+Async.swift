/// Calls for async callers.
extension ClientConnection {
  package func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    try await waitUntilReady()
    let receiver = UnaryReceiver<Response>()
    let stream = try start(method.descriptor, request, options: options, receiver: receiver)
    receiver.stream = stream
    // The loop can't read the answer before this call has suspended: it is its only thread.
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        receiver.continuation = continuation
        flushSoon()
      }
    } onCancel: {
      loop.execute { [weak self] in self?.assumeIsolated { $0.abandon(stream) } }
    }
    return try result.get()
  }

  package func stream<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> ResponseStream<Response> {
    try await waitUntilReady()
    let (messages, continuation) = AsyncThrowingStream<Response, any Error>.makeStream(
      bufferingPolicy: .bufferingOldest(StreamReceiver<Response>.bufferedMessagesMax))
    let receiver = StreamReceiver<Response>(continuation)
    let stream = try start(method.descriptor, request, options: options, receiver: receiver)
    receiver.stream = stream
    continuation.onTermination = { [weak self, loop] reason in
      guard case .cancelled = reason else { return }
      loop.execute { [weak self] in self?.assumeIsolated { $0.abandon(stream) } }
    }
    sink.flush()
    return ResponseStream(messages: messages)
  }

  /// The caller's task was cancelled.
  private func abandon(_ stream: UInt32) {
    guard let receiver = calls.receiver(of: stream) else { return }
    cancel(stream)
    receiver.failed(RPCError(.cancelled, "the caller cancelled the call"), on: self)
  }
}
