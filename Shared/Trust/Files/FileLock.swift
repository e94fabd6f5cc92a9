import Foundation
import Glibc
import SystemPackage

/// A file that one process holds at a time. The system takes the lock back when the process ends, however
/// it ends; the file names the process, for whoever is refused.
package struct FileLock: Sendable {
  /// Why a lock was not got.
  package enum Refusal: Error, Sendable, Equatable {
    /// - Parameter processID: `nil` if the file does not say.
    case held(processID: Int32?)
    case unusable(reason: String)
  }

  private let file: FileDescriptor

  /// Holds the file until ``release()`` or the end of the process, and never waits for it.
  ///
  /// - Parameter isMade: whether to make the file if it is not there.
  package static func acquire(_ path: String, isMade: Bool = true) throws(Refusal) -> FileLock {
    let file = try open(path, isMade: isMade)
    guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      let cause = Errno(rawValue: errno)
      defer { try? file.close() }
      guard cause == .wouldBlock else { throw .unusable(reason: "it can't be locked: \(cause)") }
      throw .held(processID: processID(path))
    }
    // A disk that is full keeps nobody from the lock: the file then names nobody.
    if ftruncate(file.rawValue, 0) == 0 {
      _ = try? file.writeAll(toAbsoluteOffset: 0, Array("\(getpid())\n".utf8))
    }
    return FileLock(file: file)
  }

  package func release() {
    try? file.close()
  }

  /// The process that holds the file; nil if none does, or it has not said so yet.
  package static func holder(of path: String) throws(Refusal) -> Int32? {
    let file = try open(path, isMade: false)
    defer { try? file.close() }
    guard flock(file.rawValue, LOCK_SH | LOCK_NB) != 0 else { return nil }
    return processID(path)
  }

  private static func open(_ path: String, isMade: Bool) throws(Refusal) -> FileDescriptor {
    do {
      return try FileDescriptor.open(
        FilePath(path), .readWrite,
        options: isMade ? [.create, .closeOnExec, .noFollow] : [.closeOnExec, .noFollow],
        permissions: isMade ? [.ownerReadWrite] : nil)
    } catch {
      throw .unusable(reason: "it can't be opened: \(error)")
    }
  }

  private static func processID(_ path: String) -> Int32? {
    FileManager.default.contents(atPath: path).flatMap {
      Int32(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}
