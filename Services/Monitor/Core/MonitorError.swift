package import RPC
import Storage

/// Why the monitor did not do what was asked, as its caller is told.
package enum MonitorError: Error, Sendable, Hashable {
  /// The request can never succeed as it is.
  case invalid(String)
  case missing(String)
  /// What the monitor knows does not allow it yet.
  case refused(String)
  case forbidden(String)
  /// Nothing was written. Worth a retry once there is room.
  case exhausted(String)
  /// The monitor's own fault; the cause belongs into its log only.
  case failed(cause: String)

  static func translating(_ error: any Error) -> MonitorError {
    switch error {
    case let error as MonitorError: error
    case StorageError.diskFull:
      .exhausted("the monitor's disk is full and nothing was written: make room, then try again")
    case StorageError.outboxFull(let rowsMax):
      .exhausted(
        "\(rowsMax) changes wait for the log and nothing was changed: "
          + "bring up the log that takes them, then try again")
    case StorageError.overloaded, StorageError.busy:
      .exhausted("too many writes wait for the monitor's disk: try again in a moment")
    default: .failed(cause: "\(error)")
    }
  }

  /// The one place where the monitor's errors become what its callers see.
  package var rpcError: RPCError {
    switch self {
    case .invalid(let message): RPCError(.invalidArgument, message)
    case .missing(let message): RPCError(.notFound, message)
    case .refused(let message): RPCError(.failedPrecondition, message)
    case .forbidden(let message): RPCError(.permissionDenied, message)
    case .exhausted(let message): RPCError(.resourceExhausted, message)
    case .failed: RPCError(.internalError, "the monitor could not do this; its log has the cause")
    }
  }
}

/// For the log and for whoever starts the monitor: with the cause.
extension MonitorError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalid(let text), .missing(let text), .refused(let text), .forbidden(let text),
      .exhausted(let text), .failed(cause: let text):
      text
    }
  }
}
