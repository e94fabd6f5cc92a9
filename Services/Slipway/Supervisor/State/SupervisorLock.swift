internal import Foundation
internal import Glibc
internal import Trust

/// The claim of one supervisor to a state directory: a lock on `supervisor.pid`, which the system
/// takes back when the process ends, however it ends. The file holds the process's id.
package struct SupervisorLock: Sendable {
  private let lock: FileLock

  /// - Throws: `alreadyRunning` where another process holds it.
  package static func acquire(_ state: StateDirectory) throws(SupervisorError) -> SupervisorLock {
    do {
      return SupervisorLock(lock: try FileLock.acquire(state.lockFile))
    } catch {
      throw failure(error, state)
    }
  }

  package func release() {
    lock.release()
  }

  /// The process that holds the lock, or nil if nobody does.
  package static func holder(of state: StateDirectory) throws(SupervisorError) -> Int32? {
    guard FileManager.default.fileExists(atPath: state.lockFile) else { return nil }
    do {
      return try FileLock.holder(of: state.lockFile)
    } catch {
      throw failure(error, state)
    }
  }

  /// Asks the suite on `state` to end and waits until it has.
  ///
  /// - Throws: `notRunning`, and `stillRunning` after `timeout`.
  package static func end(
    _ state: StateDirectory, timeout: Duration
  ) async throws(SupervisorError) -> Int32 {
    guard let process = try holder(of: state) else { throw .notRunning(path: state.path) }
    guard kill(process, SIGTERM) == 0 else {
      throw .stateUnusable(
        path: state.path, reason: "process \(process) is not yours: expected its owner to end it")
    }
    let deadline = ContinuousClock.now + timeout
    while try holder(of: state) == process {
      guard ContinuousClock.now < deadline, (try? await Task.sleep(for: .milliseconds(50))) != nil
      else { throw .stillRunning(processID: process, waited: timeout) }
    }
    return process
  }

  private static func failure(_ refusal: FileLock.Refusal, _ state: StateDirectory)
    -> SupervisorError
  {
    switch refusal {
    case .held(let processID): .alreadyRunning(path: state.path, processID: processID)
    case .unusable(let reason): .stateUnusable(path: state.lockFile, reason: reason)
    }
  }
}
