import Synchronization

/// Ends one running call of a model from another thread.
///
/// Engines look at it between the model's operators, so a call inside one long operator ends when
/// that operator does.
package final class RunTerminator: Sendable {
  private enum State {
    case waiting
    case running(@Sendable () -> Void)
    case finished
    case terminated
  }

  private let state = Mutex(State.waiting)

  package init() {}

  /// Makes the call throw `terminated`: now if it runs, at once if it has yet to start. A call that
  /// has finished, or does so at this moment, keeps its result. Safe from any thread, any number
  /// of times.
  package func terminate() {
    state.withLock { state in
      switch state {
      case .running(let stop):
        stop()
        state = .terminated
      case .waiting: state = .terminated
      case .finished, .terminated: break
      }
    }
  }

  /// Whether the engine is computing.
  package var isRunning: Bool {
    state.withLock { if case .running = $0 { true } else { false } }
  }

  /// Whether the call was ended early.
  package var isTerminated: Bool {
    state.withLock { if case .terminated = $0 { true } else { false } }
  }

  /// For engines: does `body`, during which `terminate` calls `stop`, at most once.
  ///
  /// `stop` runs under the terminator's lock and never after `body` has returned: what it points
  /// to may be freed then.
  /// - Throws: `terminated` without calling `body` if the call was ended before; else what `body`
  ///   throws.
  package func run<Result>(
    stop: @escaping @Sendable () -> Void, _ body: () throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    let mayStart = state.withLock { state in
      guard case .waiting = state else { return false }
      state = .running(stop)
      return true
    }
    guard mayStart else { throw Self.terminated }
    defer {
      state.withLock { if case .running = $0 { $0 = .finished } }
    }
    return try body()
  }

  package static let terminated = EngineError(.terminated, "the call was ended before it finished")
}
