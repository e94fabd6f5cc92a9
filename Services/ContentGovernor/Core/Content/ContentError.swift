package import RPC
import Storage

/// Why the governor did not do what was asked of content, as its caller is told.
///
/// The message says what was wrong, what was expected and what to do, with input in backticks.
package enum ContentError: Error, Sendable, Hashable {
  /// The request can never succeed as it is.
  case invalid(String)
  /// Nothing of that name is here, for this caller.
  case missing(String)
  /// Somebody else was faster; look again and decide again.
  case conflict(String)
  /// The state of things does not allow it. The log is told that somebody tried.
  case refused(String)
  /// A limit is reached or the disk is full; nothing was changed.
  case exhausted(String)
  /// What must be asked first, such as the policy, gave no answer: nothing was let through.
  case unavailable(String)
  /// The governor's own fault; the cause belongs into its log only.
  case failed(cause: String)

  static func translating(_ error: any Error) -> ContentError {
    switch error {
    case let error as ContentError: error
    case let error as LogError: .failed(cause: "\(error)")
    case StorageError.diskFull:
      .exhausted(
        "the governor's disk is full and nothing was changed: "
          + "free room on the disk of its state directory, then try again")
    case StorageError.outboxFull(let rowsMax):
      .exhausted("\(rowsMax) changes wait for the log and nothing was changed: try again later")
    case StorageError.overloaded, StorageError.busy:
      .exhausted("too many changes wait for the governor's disk: try again in a moment")
    default: .failed(cause: "\(error)")
    }
  }

  package var rpcError: RPCError {
    switch self {
    case .invalid(let message): RPCError(.invalidArgument, message)
    case .missing(let message): RPCError(.notFound, message)
    case .conflict(let message): RPCError(.aborted, message)
    case .refused(let message): RPCError(.failedPrecondition, message)
    case .exhausted(let message): RPCError(.resourceExhausted, message)
    case .unavailable(let message): RPCError(.unavailable, message)
    case .failed:
      RPCError(.internalError, "the governor could not do this; its log has the cause")
    }
  }
}

/// For the log and for whoever starts the service: with the cause.
extension ContentError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalid(let text), .missing(let text), .conflict(let text), .refused(let text),
      .exhausted(let text), .unavailable(let text), .failed(cause: let text):
      text
    }
  }
}
