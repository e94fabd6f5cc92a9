internal import RPC

/// What `slipway` exits with; `slipway help` lists them.
enum ExitStatus: Int32, Sendable {
  case ok = 0
  /// It was tried and failed; the message says why.
  case failed = 1
  /// The command line is not one that we, or the service that is asked, can read.
  case usage = 2
  /// Not allowed: by the key's roles, or because something must come first, such as an approval.
  case refused = 3
  case notFound = 4
  /// Nobody answered, or not in time, or too many asked; worth trying again.
  case unavailable = 5

  init(_ code: StatusCode) {
    self =
      switch code {
      case .ok: .ok
      case .unauthenticated, .permissionDenied, .failedPrecondition: .refused
      case .invalidArgument, .outOfRange: .usage
      case .notFound: .notFound
      case .unavailable, .deadlineExceeded, .resourceExhausted, .cancelled: .unavailable
      default: .failed
      }
  }
}
