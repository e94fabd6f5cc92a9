package import RPC

/// How an attempt at a worker failed.
package enum CallFailure: Sendable, Hashable {
  /// No connection, or it was lost before the answer was whole.
  case connection
  /// The worker answered with a status.
  case status(StatusCode)

  /// Whether another worker may do better.
  var isWorthAnotherWorker: Bool {
    switch self {
    case .connection: true
    case .status(let code): code == .unavailable
    }
  }
}
