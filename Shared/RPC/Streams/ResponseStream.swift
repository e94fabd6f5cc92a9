internal import Wire

/// The messages of a server's answer, in order. Ends by throwing ``RPCError`` if the call fails. Dropping
/// it cancels the call; not reading it stops this call and no other.
package struct ResponseStream<Response: WireMessage>: AsyncSequence, Sendable {
  package typealias Element = Response
  package typealias Failure = RPCError

  let call: OpenCall

  package func makeAsyncIterator() -> Iterator { Iterator(call: call) }

  package struct Iterator: AsyncIteratorProtocol {
    let call: OpenCall

    package mutating func next() async throws(RPCError) -> Response? {
      try await next(isolation: nil)
    }

    package mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(RPCError) -> Response? {
      guard let (bytes, read) = try await call.inbox.next() else { return nil }
      if let read { call.tell(read) }
      do throws(DecodeError) {
        return try bytes.withRawSpan { (body) throws(DecodeError) in
          try Response(decoding: body, limits: .forBody(byteCount: body.byteCount))
        }
      } catch {
        throw RPCError(.internalError, "the answer can't be read: \(RPCError(error).message)")
      }
    }
  }
}
