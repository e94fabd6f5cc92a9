internal import Base

/// A call that has begun and not ended.
struct ServerStream {
  enum State {
    /// More frames of the request are to come; the parts so far, inflated, and on whose behalf the call
    /// was let in.
    case assembling(head: [UInt8], body: [UInt8], caller: Caller?)
    /// Its task runs.
    case running(Task<Void, Never>)
    /// Frames go to a raw handler, until the request is whole.
    case raw(any InboundStream, isWhole: Bool)
    /// A synchronous handler will answer later.
    case pending
  }

  var method: Int
  var startedAt: MonotonicInstant
  var deadline: MonotonicInstant
  var requestByteCount: Int
  var responseByteCount = 0
  var state: State
}
