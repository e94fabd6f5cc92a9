internal import Wire

/// Hands the messages of a server stream to the one who reads them.
final class StreamReceiver<Response: WireMessage>: ReplyReceiver {
  /// Messages that may wait for their reader; a reader that falls further behind loses the stream.
  static var bufferedMessagesMax: Int { 1_024 }

  private let continuation: AsyncThrowingStream<Response, any Error>.Continuation
  private var assembly = MessageAssembly<Response>()
  var stream: UInt32 = 0

  init(_ continuation: AsyncThrowingStream<Response, any Error>.Continuation) {
    self.continuation = continuation
  }

  func receive(_ reply: borrowing ReplyView, on connection: isolated ClientConnection) {
    do throws(RPCError) {
      if reply.kind == .end, reply.body.isEmpty {
        try assembly.end(reply.head)
      } else if let message = try assembly.add(reply, contexts: connection.loop.compression) {
        try yield(message)
      }
      if reply.kind == .end { continuation.finish() }
    } catch {
      connection.cancel(stream)
      continuation.finish(throwing: error)
    }
  }

  func failed(_ error: RPCError, on connection: isolated ClientConnection) {
    continuation.finish(throwing: error)
  }

  private func yield(_ message: Response) throws(RPCError) {
    if case .dropped = continuation.yield(message) {
      throw RPCError(
        .resourceExhausted,
        "\(Self.bufferedMessagesMax) messages wait for the reader of this stream; read it faster")
    }
  }
}

/// The messages of a server stream, in order. Ends by throwing ``RPCError`` if the call fails. Dropping
/// it cancels the call.
package struct ResponseStream<Response: WireMessage>: AsyncSequence, Sendable {
  let messages: AsyncThrowingStream<Response, any Error>

  package func makeAsyncIterator() -> AsyncThrowingStream<Response, any Error>.Iterator {
    messages.makeAsyncIterator()
  }
}
