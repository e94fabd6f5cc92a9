internal import Foundation

/// A worker's claim to its folder under `versions`: a lock on the file `UUID.lock` beside it, which the
/// system takes back when the process ends, however it ends.
struct FolderClaim: Sendable {
  let folder: URL
  private let lock: URL
  private let handle: FileHandle

  private static let suffix = ".lock"
  /// A sweep can take a new lock file away before it is locked; it does not do so twice in a row.
  private static let attemptsMax = 8

  /// Claims a new place, where nothing is yet.
  /// - Throws: `cache`.
  static func make(in versions: URL) throws(LoadError) -> FolderClaim {
    for _ in 0..<attemptsMax {
      let folder = versions.appending(path: UUID().uuidString)
      let lock = versions.appending(path: folder.lastPathComponent + suffix)
      guard
        FileManager.default.createFile(
          atPath: lock.path, contents: nil, attributes: [.posixPermissions: 0o600])
      else { throw .cache(path: lock.path, reason: "the file can't be made") }
      if let handle = locked(lock), FileManager.default.fileExists(atPath: lock.path) {
        return FolderClaim(folder: folder, lock: lock, handle: handle)
      }
    }
    throw .cache(path: versions.path, reason: "no folder can be claimed")
  }

  /// Takes folder and lock away.
  func release() {
    try? FileManager.default.removeItem(at: folder)
    try? FileManager.default.removeItem(at: lock)
    try? handle.close()
  }

  /// Removes what workers that are gone have left. Those that live hold their locks.
  static func sweep(_ versions: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: versions.path)) ?? []
    for name in names {
      let isLock = name.hasSuffix(suffix)
      let folder = versions.appending(path: isLock ? String(name.dropLast(suffix.count)) : name)
      let lock = versions.appending(path: folder.lastPathComponent + suffix)
      // A lock is made before its folder and removed after it: a folder without one is nobody's.
      guard FileManager.default.fileExists(atPath: lock.path) else {
        try? FileManager.default.removeItem(at: folder)
        continue
      }
      guard let handle = locked(lock) else { continue }
      try? FileManager.default.removeItem(at: folder)
      try? FileManager.default.removeItem(at: lock)
      try? handle.close()
    }
  }

  /// Opens and locks the file; nil if another process has it, or it is gone.
  private static func locked(_ lock: URL) -> FileHandle? {
    guard let handle = try? FileHandle(forUpdating: lock) else { return nil }
    guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
      try? handle.close()
      return nil
    }
    return handle
  }
}
