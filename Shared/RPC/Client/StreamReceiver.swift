internal import Wire

/// Puts the messages of a reply into an inbox.
final class StreamReceiver: ReplyReceiver {
  let inbox: MessageInbox
  /// Whether the reply is one message, which the end brings.
  private let isUnary: Bool
  var stream: UInt32 = 0

  init(inbox: MessageInbox, isUnary: Bool) {
    self.inbox = inbox
    self.isUnary = isUnary
  }

  func receive(_ reply: borrowing ReplyView, on connection: isolated ClientConnection) {
    do throws(RPCError) {
      let isEnd = reply.kind == .end
      if isEnd, let error = try StatusHead.status(reply.head) { throw error }
      // The end of a stream without a body brings no message.
      if !isEnd || isUnary || reply.bodyByteCount > 0 {
        try add(reply, on: connection)
      }
      if isEnd { inbox.end() }
    } catch {
      connection.cancel(stream)
      inbox.end(error)
    }
  }

  private func add(
    _ reply: borrowing ReplyView, on connection: isolated ClientConnection
  ) throws(RPCError) {
    let bytes: [UInt8]
    if reply.flags.contains(.compressed) {
      do throws(WireError) {
        bytes = try connection.loop.compression.decompress(
          reply.body, byteCount: reply.bodyByteCount)
      } catch {
        throw RPCError(.internalError, "the answer can't be read: \(error)")
      }
    } else {
      bytes = reply.body.array()
    }
    let isPart = reply.flags.contains(.more)
    try inbox.add(
      bytes, cost: isPart ? 0 : reply.creditCost, more: isPart,
      byteCountMax: WireLimits.messageBytesMax)
    if isPart { connection.giveCreditBack(reply.creditCost, on: stream) }
    guard connection.connectionCredit != nil || inbox.heldByteCount <= Self.bytesMaxWithoutCredit
    else {
      throw RPCError(
        .resourceExhausted,
        "more than \(Self.bytesMaxWithoutCredit) bytes wait for the reader of this stream; "
          + "read it faster")
    }
  }

  /// Bytes that may wait for their reader where the server knows no credit.
  private static let bytesMaxWithoutCredit = 16 * 1024 * 1024

  func failed(_ error: RPCError, on connection: isolated ClientConnection) {
    inbox.end(error)
  }
}
