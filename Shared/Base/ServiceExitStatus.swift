/// What the process of a service exits with, for whoever would start it again.
public enum ServiceExitStatus: Int32, Sendable, CaseIterable {
  /// It was asked to end, and drained.
  case ended = 0
  /// It could not start or go on; the next start may do better.
  case failed = 1
  /// A setting is missing or wrong: it starts only with another one.
  case settings = 2
  /// What it is to serve is refused for good: not approved, not what was signed, no model that it can
  /// load. It starts only after somebody has changed that.
  case refused = 3

  /// Whether starting it again as it is must end the same way.
  public var isFinal: Bool {
    switch self {
    case .ended, .failed: false
    case .settings, .refused: true
    }
  }

  /// In a line, for `--help`.
  public var meaning: String {
    switch self {
    case .ended: "asked to end, and drained"
    case .failed: "could not start or go on; another start may do better"
    case .settings: "an argument or a setting is missing or wrong"
    case .refused: "what it is to serve is refused until somebody changes that"
    }
  }
}
