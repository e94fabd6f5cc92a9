internal import Foundation
internal import Trust

/// A worker's claim to its folder under `versions`: a lock on the file `UUID.lock` beside it, which the
/// system takes back when the process ends, however it ends.
struct FolderClaim: Sendable {
  let folder: URL
  private let file: URL
  private let lock: FileLock

  private static let suffix = ".lock"
  /// A sweep can take a new lock file away before it is locked; it does not do so twice in a row.
  private static let attemptsMax = 8

  /// Claims a new place, where nothing is yet.
  /// - Throws: `cache`.
  static func make(in versions: URL) throws(LoadError) -> FolderClaim {
    for _ in 0..<attemptsMax {
      let folder = versions.appending(path: UUID().uuidString)
      let file = versions.appending(path: folder.lastPathComponent + suffix)
      guard
        FileManager.default.createFile(
          atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600])
      else { throw .cache(path: file.path, reason: "the file can't be made") }
      guard let lock = locked(file) else { continue }
      if FileManager.default.fileExists(atPath: file.path) {
        return FolderClaim(folder: folder, file: file, lock: lock)
      }
      lock.release()
    }
    throw .cache(path: versions.path, reason: "no folder can be claimed")
  }

  /// Takes folder and lock away.
  func release() {
    try? FileManager.default.removeItem(at: folder)
    try? FileManager.default.removeItem(at: file)
    lock.release()
  }

  /// Removes what workers that are gone have left. Those that live hold their locks.
  static func sweep(_ versions: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: versions.path)) ?? []
    for name in names {
      let isLock = name.hasSuffix(suffix)
      let folder = versions.appending(path: isLock ? String(name.dropLast(suffix.count)) : name)
      let file = versions.appending(path: folder.lastPathComponent + suffix)
      // A lock is made before its folder and removed after it: a folder without one is nobody's.
      guard FileManager.default.fileExists(atPath: file.path) else {
        try? FileManager.default.removeItem(at: folder)
        continue
      }
      guard let lock = locked(file) else { continue }
      FolderClaim(folder: folder, file: file, lock: lock).release()
    }
  }

  /// Locks the file; nil if another process has it, or it is gone.
  private static func locked(_ file: URL) -> FileLock? {
    try? FileLock.acquire(file.path, isMade: false)
  }
}
