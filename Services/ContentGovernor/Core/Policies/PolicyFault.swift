import ContentPolicy
package import RPC
import Storage

/// Why a verb of policies did not do what was asked, as its caller is told.
package enum PolicyFault: Error, Sendable, Hashable {
  case invalid(String)
  case missing(String)
  case refused(String)
  case exhausted(String)
  /// The cause belongs into the service's own log only.
  case failed(cause: String)

  static func translating(_ error: any Error) -> PolicyFault {
    switch error {
    case let error as PolicyFault: error
    case PolicyError.refused(let faults):
      .invalid(faults.prefix(8).map(\.description).joined(separator: "; "))
    case PolicyError.contentTooLong(let byteCount):
      .invalid("\(PolicyError.contentTooLong(byteCount: byteCount))")
    case PolicyError.bundleUnknown(let digest):
      .missing("\(PolicyError.bundleUnknown(digest: digest))")
    case PolicyError.failed(let cause): .failed(cause: cause)
    case StorageError.diskFull, StorageError.overloaded, StorageError.busy,
      StorageError.outboxFull:
      .exhausted("the governor can keep nothing more at the moment, and nothing was changed")
    default: .failed(cause: "\(error)")
    }
  }

  package var rpcError: RPCError {
    switch self {
    case .invalid(let message): RPCError(.invalidArgument, message)
    case .missing(let message): RPCError(.notFound, message)
    case .refused(let message): RPCError(.failedPrecondition, message)
    case .exhausted(let message): RPCError(.resourceExhausted, message)
    case .failed: RPCError(.internalError, "the governor could not do this; its log has the cause")
    }
  }
}
