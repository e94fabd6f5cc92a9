/// Why the process that probed an engine has no findings.
enum ProbeFailure: Error, Sendable, Equatable {
  case usage(String)
  /// The engine refused the model, in its own words.
  case refused(String)
  /// A signal ended it: the engine aborted, or the kernel did for a limit.
  case crashed(signal: Int32, lastWords: String)
  case timedOut(Duration)
  case unreadable
}

extension ProbeFailure: CustomStringConvertible {
  var description: String {
    switch self {
    case .usage(let message), .refused(let message): message
    case .crashed(let signal, let lastWords):
      "the process ended by signal \(signal)" + (lastWords.isEmpty ? "" : ": \(lastWords)")
    case .timedOut(let limit): "no answer within \(limit)"
    case .unreadable: "it gave an answer that is none"
    }
  }
}
