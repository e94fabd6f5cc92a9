internal import Foundation
internal import Glibc
internal import SystemPackage

/// The claim of one supervisor to a state directory: a lock on `supervisor.pid`, which the system
/// takes back when the process ends, however it ends. The file holds the process's id.
package struct SupervisorLock: Sendable {
  private let file: FileDescriptor

  /// - Throws: `alreadyRunning` where another process holds it.
  package static func acquire(_ state: StateDirectory) throws(SupervisorError) -> SupervisorLock {
    let file = try open(state)
    guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      defer { try? file.close() }
      throw .alreadyRunning(path: state.path, processID: processID(state))
    }
    do {
      guard ftruncate(file.rawValue, 0) == 0 else { throw Errno(rawValue: errno) }
      try file.writeAll(toAbsoluteOffset: 0, Array("\(getpid())\n".utf8))
    } catch {
      try? file.close()
      throw .stateUnusable(path: state.lockFile, reason: "it could not be written: \(error)")
    }
    return SupervisorLock(file: file)
  }

  package func release() {
    try? file.close()
  }

  /// The process that holds the lock, or nil if nobody does.
  package static func holder(of state: StateDirectory) throws(SupervisorError) -> Int32? {
    guard FileManager.default.fileExists(atPath: state.lockFile) else { return nil }
    let file = try open(state)
    defer { try? file.close() }
    guard flock(file.rawValue, LOCK_SH | LOCK_NB) != 0 else { return nil }
    return processID(state)
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

  private static func open(_ state: StateDirectory) throws(SupervisorError) -> FileDescriptor {
    do {
      return try FileDescriptor.open(
        FilePath(state.lockFile), .readWrite, options: [.create, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite])
    } catch {
      throw .stateUnusable(path: state.lockFile, reason: "it could not be opened: \(error)")
    }
  }

  private static func processID(_ state: StateDirectory) -> Int32? {
    FileManager.default.contents(atPath: state.lockFile).flatMap {
      Int32(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}
