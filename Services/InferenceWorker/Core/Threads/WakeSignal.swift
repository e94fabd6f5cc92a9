internal import Synchronization

/// Wakes one waiting task, or the next that waits if none does.
package final class WakeSignal: Sendable {
  private enum State {
    case idle
    case signalled
    case waiting(CheckedContinuation<Void, Never>)
  }

  private let state = Mutex(State.idle)

  package init() {}

  package func wake() {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard case .waiting(let continuation) = state else {
        state = .signalled
        return nil
      }
      state = .idle
      return continuation
    }
    waiter?.resume()
  }

  /// Returns once `wake` is or has been called, which is then used up, or when the task is cancelled.
  /// One task waits at a time.
  package func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        let isDone = state.withLock { state in
          switch state {
          case .idle:
            state = .waiting(continuation)
            return false
          case .signalled:
            state = .idle
            return true
          case .waiting: preconditionFailure("one task waits at a time")
          }
        }
        if isDone { continuation.resume() }
        // The handler below may have come before there was a continuation.
        if Task.isCancelled { stopWaiting() }
      }
    } onCancel: {
      stopWaiting()
    }
  }

  private func stopWaiting() {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard case .waiting(let continuation) = state else { return nil }
      state = .idle
      return continuation
    }
    waiter?.resume()
  }
}
