/// How loud a line of an engine's log is.
package enum EngineLogLevel: Int, Sendable, Comparable {
  case debug, info, warning, error

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Takes an engine's log lines, from any thread; must not call the engine.
package typealias EngineLog = @Sendable (EngineLogLevel, String) -> Void
