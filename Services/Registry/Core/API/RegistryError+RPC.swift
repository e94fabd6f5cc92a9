import RPC

extension RegistryError {
  /// The one place where the registry's errors become what its callers see.
  var rpcError: RPCError {
    switch self {
    case .invalid: RPCError(.invalidArgument, message)
    case .missing: RPCError(.notFound, message)
    case .taken: RPCError(.alreadyExists, message)
    case .conflict: RPCError(.aborted, message)
    case .refused: RPCError(.failedPrecondition, message)
    case .forbidden: RPCError(.permissionDenied, message)
    case .exhausted: RPCError(.resourceExhausted, message)
    case .corrupt: RPCError(.dataLoss, message)
    case .failed: RPCError(.internalError, message)
    }
  }
}
