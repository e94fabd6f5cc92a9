package import RPC
import Storage

/// Why the log did not do what was asked, as its caller is told.
package enum LogError: Error, Sendable, Equatable {
  /// The request can never succeed as it is.
  case invalid(String)
  case missing(String)
  /// Nothing was written. Worth a retry once there is room.
  case exhausted(String)
  /// The log's own fault; the cause belongs into the service's own log only.
  case failed(cause: String)

  static func translating(_ error: any Error) -> LogError {
    switch error {
    case let error as LogError: error
    case StorageError.diskFull:
      .exhausted("the disk of the transparency log is full and nothing was written: make room")
    case StorageError.overloaded, StorageError.busy:
      .exhausted("too many entries wait for the transparency log's disk: try again in a moment")
    default: .failed(cause: "\(error)")
    }
  }

  package var rpcError: RPCError {
    switch self {
    case .invalid(let message): RPCError(.invalidArgument, message)
    case .missing(let message): RPCError(.notFound, message)
    case .exhausted(let message): RPCError(.resourceExhausted, message)
    case .failed:
      RPCError(.internalError, "the transparency log could not do this; its log has the cause")
    }
  }
}

extension LogError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalid(let text), .missing(let text), .exhausted(let text), .failed(cause: let text):
      text
    }
  }
}
