internal import Wire

/// The messages that a caller streams to a handler, in order. Ends by throwing ``RPCError`` if the caller
/// is gone, and for bytes that are no such message.
package struct RequestStream<Request: WireMessage>: AsyncSequence, Sendable {
  package typealias Element = Request
  package typealias Failure = RPCError

  let connection: ServerConnection
  let stream: UInt32
  let inbox: MessageInbox

  package func makeAsyncIterator() -> Iterator { Iterator(requests: self) }

  package struct Iterator: AsyncIteratorProtocol {
    let requests: RequestStream

    package mutating func next() async throws(RPCError) -> Request? {
      try await next(isolation: nil)
    }

    package mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(RPCError) -> Request? {
      guard let (bytes, read) = try await requests.inbox.next() else { return nil }
      if let read { requests.tell(read) }
      do throws(DecodeError) {
        return try bytes.withRawSpan { (body) throws(DecodeError) in
          try Request(decoding: body, limits: .forBody(byteCount: body.byteCount))
        }
      } catch {
        throw RPCError(error)
      }
    }
  }

  private func tell(_ read: MessageInbox.Read) {
    let (connection, stream) = (connection, stream)
    connection.loop.execute { connection.assumeIsolated { $0.hasRead(read, of: stream) } }
  }
}
