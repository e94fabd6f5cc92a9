package import Logging
package import RPC
import Storage

/// Why the gateway did not do what an admin asked, as its caller is told.
///
/// The message says what was wrong, what was expected and what to do, with input in backticks.
package enum GatewayError: Error, Sendable, Hashable {
  /// The request can never succeed as it is.
  case invalid(String)
  /// Nothing of that name is here.
  case missing(String)
  /// The state of things does not allow it.
  case refused(String)
  /// A limit is reached or the disk is full; nothing was changed. Worth a retry once there is room.
  case exhausted(String)
  /// The gateway's own fault; the cause belongs into its log only.
  case failed(cause: String)

  /// What the caller gets. The cause of a ``failed(cause:)`` goes to the log, under a reference that
  /// the caller can name.
  package func rpcError(logger: Logger) -> RPCError {
    switch self {
    case .invalid(let message): return RPCError(.invalidArgument, message)
    case .missing(let message): return RPCError(.notFound, message)
    case .refused(let message): return RPCError(.failedPrecondition, message)
    case .exhausted(let message): return RPCError(.resourceExhausted, message)
    case .failed(let cause):
      let reference = String(UInt64.random(in: .min ... .max), radix: 16)
      logger.error("request failed", metadata: ["reference": "\(reference)", "cause": "\(cause)"])
      return RPCError(
        .internalError, "the gateway could not do this; its log has the cause",
        reference: reference)
    }
  }

  /// What a store's error means to the caller.
  static func translating(_ error: any Error) -> GatewayError {
    switch error {
    case let error as GatewayError: error
    case StorageError.diskFull:
      .exhausted(
        "the gateway's disk is full and nothing was changed: "
          + "free room on the disk of its state directory, then try again")
    case StorageError.outboxFull(let rowsMax):
      .exhausted(
        "\(rowsMax) changes wait for the log and nothing was changed: "
          + "bring up the log that takes them, then try again")
    case StorageError.overloaded, StorageError.busy:
      .exhausted("too many changes wait for the gateway's disk: try again in a moment")
    default: .failed(cause: "\(error)")
    }
  }
}

/// For the log and for whoever starts the gateway: with the cause.
extension GatewayError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalid(let text), .missing(let text), .refused(let text), .exhausted(let text),
      .failed(cause: let text):
      text
    }
  }
}
