internal import RPC
internal import SlipwaySupervisor
internal import Trust

/// What went wrong, for the person at the keyboard.
struct ToolError: Error, Sendable, Hashable {
  var status: ExitStatus
  var message: String
  /// What to do about it; nil where the message says so itself.
  var advice: String?

  init(_ status: ExitStatus, _ message: String, advice: String? = nil) {
    self.status = status
    self.message = message
    self.advice = advice
  }

  init(_ error: RPCError) {
    self.init(
      ExitStatus(error.code),
      error.reference.isEmpty ? error.message : "\(error.message) (reference \(error.reference))")
    switch error.code {
    case .unauthenticated:
      advice =
        "check the key given by --key or SLIPWAY_KEY; an admin makes one with `slipway key create`"
    case .permissionDenied:
      advice = "an admin makes a key with the role: `slipway key create NAME --role ROLE`"
    case .unavailable:
      advice = "see `slipway status`; is the suite up (`slipway up`) and --gateway right?"
    case .resourceExhausted:
      advice = error.retryAfter.map { "try again in \($0)" }
    case .deadlineExceeded: advice = "try again, or give it longer with --timeout"
    case .internalError: advice = "look for the reference in the log of the service"
    default: break
    }
  }

  /// Any error that a command can end with.
  init(explaining error: any Error) {
    switch error {
    case let error as ToolError: self = error
    case let error as RPCError: self.init(error)
    case let error as SupervisorError:
      self.init(Self.status(of: error), error.description, advice: Self.advice(on: error))
    case let error as KeyError: self.init(Self.status(of: error), error.description)
    default: self.init(.failed, "\(error)")
    }
  }

  private static func status(of error: SupervisorError) -> ExitStatus {
    switch error {
    case .alreadyRunning: .refused
    case .notRunning, .executableMissing: .notFound
    case .stillRunning: .unavailable
    case .portBaseInvalid: .usage
    case .stateUnusable, .serviceRefused, .portUnusable: .failed
    }
  }

  private static func advice(on error: SupervisorError) -> String? {
    guard case .portUnusable = error else { return nil }
    return "choose other ports with `slipway up --port-base PORT`, or end who has this one"
  }

  private static func status(of error: KeyError) -> ExitStatus {
    switch error {
    case .fileMissing: .notFound
    case .fileExists, .fileOpenToOthers, .fileWritableByOthers, .folderOpenToOthers: .refused
    default: .failed
    }
  }
}
