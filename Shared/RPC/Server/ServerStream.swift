internal import Base

/// A call that has begun and not ended.
struct ServerStream {
  enum Work {
    /// More frames of the request are to come.
    case assembling(RequestAssembly)
    /// Its task runs.
    case running(Task<Void, Never>)
    /// Its answer comes without a task.
    case deferred(any DeferredWork)
    /// Frames go to a raw handler.
    case raw(any InboundStream)
    /// A synchronous handler will answer later.
    case pending
  }

  var method: Int
  var startedAt: MonotonicInstant
  var deadline: MonotonicInstant
  var requestByteCount: Int
  var responseByteCount = 0
  var work: Work
  /// Nothing more of the request is to come.
  var isWhole = true
  /// Takes the messages of a request that is a stream.
  var inbox: MessageInbox?
  /// What the caller may still send; `nil` once the request is whole, or where credit is not agreed.
  var credit: CreditMeter?
  /// Bytes that count against the connection's budget because of this stream.
  var heldByteCount = 0
}
