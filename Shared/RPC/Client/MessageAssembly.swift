internal import Wire

/// Puts the messages of a reply together from their frames.
struct MessageAssembly<Message: WireMessage> {
  /// Parts of a message that is not whole, inflated.
  private var parts: [UInt8] = []

  /// The message that `reply` makes whole; `nil` if there is more to come, or none.
  ///
  /// - Throws: the status of a call that failed, and `internalError` for what can't be read.
  mutating func add(
    _ reply: borrowing ReplyView, contexts: FrameCompression
  ) throws(RPCError) -> Message? {
    if reply.kind == .end, let error = try StatusHead.status(reply.head) { throw error }
    if parts.isEmpty, !reply.flags.containsAny(of: .moreOrCompressed) {
      // The common case: a whole message, in place.
      return try decode(reply.body)
    }
    guard parts.count + reply.bodyByteCount <= WireLimits.messageBytesMax else {
      throw RPCError(.resourceExhausted, "the answer is over \(WireLimits.messageBytesMax) bytes")
    }
    if reply.flags.contains(.compressed) {
      do throws(WireError) {
        parts += try contexts.decompress(reply.body, byteCount: reply.bodyByteCount)
      } catch {
        throw RPCError(.internalError, "the answer can't be read: \(error)")
      }
    } else {
      parts += reply.body.array()
    }
    guard !reply.flags.contains(.more) else {
      guard reply.kind != .end else {
        throw RPCError(.internalError, "the server ended the call inside a message")
      }
      return nil
    }
    let whole = parts
    parts = []
    return try whole.withRawSpan { (body) throws(RPCError) in try decode(body) }
  }

  private func decode(_ body: RawSpan) throws(RPCError) -> Message {
    do throws(DecodeError) {
      return try Message(decoding: body, limits: .forBody(byteCount: body.byteCount))
    } catch {
      throw RPCError(.internalError, "the answer can't be read: \(RPCError(error).message)")
    }
  }
}
