package import Base
package import Wire

/// A call frame as it stands in the read buffer. Valid until the handler returns.
package struct CallView: ~Escapable {
  package let head: CallHead
  package let headBytes: RawSpan
  /// The body as sent: compressed if the flags say so, and only the first part if they say `more`.
  package let body: RawSpan
  package let flags: FrameFlags
  /// Bytes of the body after decompression.
  package let bodyByteCount: Int
  /// Credit that the frame took.
  package let creditCost: Int
  package let stream: UInt32
  package let receivedAt: MonotonicInstant
  package let deadline: MonotonicInstant

  @_lifetime(copy headBytes, copy body)
  package init(
    frame: FrameHeader, head: CallHead, headBytes: RawSpan, body: RawSpan,
    receivedAt: MonotonicInstant
  ) {
    self.head = head
    self.headBytes = headBytes
    self.body = body
    self.flags = frame.flags
    self.bodyByteCount = frame.bodyByteCount
    self.creditCost = frame.creditCost
    self.stream = frame.stream
    self.receivedAt = receivedAt
    self.deadline =
      head.timeoutNanoseconds == 0
      ? .distantFuture : receivedAt.advanced(byNanoseconds: head.timeoutNanoseconds)
  }

  package var model: RawSpan {
    @_lifetime(copy self) get { headBytes.extracting(head.model) }
  }

  package var version: RawSpan {
    @_lifetime(copy self) get { headBytes.extracting(head.version) }
  }

  package var routingKey: RawSpan {
    @_lifetime(copy self) get { headBytes.extracting(head.routingKey) }
  }

  package var requestID: RawSpan {
    @_lifetime(copy self) get { headBytes.extracting(head.requestID) }
  }

  package var traceparent: TraceParent? {
    TraceParent(bytes: headBytes.extracting(head.traceparent))
  }
}
