package import Wire

/// A frame of a reply as it stands in the read buffer. Valid until the receiver returns.
package struct ReplyView: ~Escapable {
  /// `message` or `end`; a call gets exactly one end.
  package let kind: FrameKind
  package let flags: FrameFlags
  /// Status of an end; empty for `ok`.
  package let head: RawSpan
  /// The body as sent.
  package let body: RawSpan
  /// Bytes of the body after decompression.
  package let bodyByteCount: Int
  /// Credit that the frame took; to be given back once it has been read or passed on.
  package let creditCost: Int

  @_lifetime(copy head, copy body)
  package init(
    kind: FrameKind, flags: FrameFlags, head: RawSpan, body: RawSpan, bodyByteCount: Int,
    creditCost: Int
  ) {
    self.kind = kind
    self.flags = flags
    self.head = head
    self.body = body
    self.bodyByteCount = bodyByteCount
    self.creditCost = creditCost
  }
}

/// Takes the frames of one call's reply. Lives on the connection's loop.
package protocol ReplyReceiver: AnyObject {
  func receive(_ reply: borrowing ReplyView, on connection: isolated ClientConnection)
  /// The call ended without an answer from the server: its time is over, or the connection is gone.
  func failed(_ error: RPCError, on connection: isolated ClientConnection)
  /// The server takes more of the request, for which ``ClientConnection/awaitWritable(_:)`` asked.
  func writable(on connection: isolated ClientConnection)
}

extension ReplyReceiver {
  package func writable(on connection: isolated ClientConnection) {}
}
