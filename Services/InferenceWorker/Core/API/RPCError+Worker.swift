internal import RPC

/// The one place where a worker's errors become statuses.
extension RPCError {
  init(_ fault: InferRequestFault) { self.init(.invalidArgument, fault.description) }

  init(_ fault: RequestFault) { self.init(.invalidArgument, fault.description) }

  init(_ refusal: QueueRefusal) {
    switch refusal {
    case .full(_, let retryAfter), .wouldExpire(_, let retryAfter):
      self.init(.resourceExhausted, refusal.description, retryAfter: retryAfter)
    case .expired, .tooShort: self.init(.deadlineExceeded, refusal.description)
    case .draining:
      self = RPCError(.unavailable, refusal.description, retryAfter: .zero).notBegun()
    }
  }

  init(_ cause: DropCause) {
    switch cause {
    case .expired:
      self.init(.deadlineExceeded, "the call's deadline passed before the model had answered it")
    case .cancelled: self.init(.cancelled, "the caller cancelled the call")
    case .drained:
      self.init(.unavailable, "this worker ends and could not finish the call", retryAfter: .zero)
    }
  }

  /// - Parameter reference: names the error's cause in the log.
  init(_ error: EngineError, reference: String) {
    let code: StatusCode =
      switch error.code {
      case .invalidRequest: .invalidArgument
      case .terminated: .cancelled
      case .runFailed: .internalError
      case .engineMissing, .invalidOptions, .modelMissing, .modelInvalid, .modelUnsupported:
        .failedPrecondition
      }
    self.init(code, error.message, reference: reference)
  }
}
