import Synchronization

/// Lets one change of a worker's lease in at a time, in the order in which they came.
///
/// Its memory is bounded by the calls that wait, which the server limits.
final class WorkerGate: Sendable {
  /// Who waits, for each worker whose lease is being changed.
  private let waiting = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

  /// Returns when nobody else is in; `leave` must follow.
  func enter(_ workerID: String) async {
    await withCheckedContinuation { continuation in
      let isFree = waiting.withLock { waiting in
        guard waiting[workerID] == nil else {
          waiting[workerID]?.append(continuation)
          return false
        }
        waiting[workerID] = []
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  func leave(_ workerID: String) {
    let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
      guard let first = waiting[workerID]?.first else {
        waiting[workerID] = nil
        return nil
      }
      waiting[workerID]?.removeFirst()
      return first
    }
    next?.resume()
  }
}
