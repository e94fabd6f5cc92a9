package import Logging

extension Logger {
  /// Takes an engine's lines into this log.
  package var engineLog: EngineLog {
    { level, line in log(level: Self.level(level), "\(line)") }
  }

  private static func level(_ level: EngineLogLevel) -> Logger.Level {
    switch level {
    case .debug: .debug
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}
