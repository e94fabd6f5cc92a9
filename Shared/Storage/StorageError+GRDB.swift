import Foundation
import GRDB

extension StorageError {
  /// SQLite needs a few pages to do anything at all.
  private static let freeSpaceMinBytes: Int64 = 64 << 10

  /// The store's own failures by name; every other error as it is.
  static func translating(_ error: any Error, path: String) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    let reason = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL: return diskFull(path: path)
    case .SQLITE_IOERR:
      // A full disk also shows as a failure to grow the shared-memory file.
      return isDiskFull(path)
        ? diskFull(path: path) : inputOutput(path: path, reason: reason)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: return corrupt(path: path, reason: reason)
    case .SQLITE_BUSY, .SQLITE_LOCKED: return busy(path: path)
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      return isDiskFull(path)
        ? diskFull(path: path) : cannotOpen(path: path, reason: reason)
    default: return error
    }
  }

  /// As above where only the store can be at fault.
  static func certain(_ error: any Error, path: String) -> StorageError {
    let error = translating(error, path: path)
    return error as? StorageError ?? .inputOutput(path: path, reason: "\(error)")
  }

  private static func isDiskFull(_ path: String) -> Bool {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    guard let free = attributes?[.systemFreeSize] as? NSNumber else { return false }
    return free.int64Value < freeSpaceMinBytes
  }
}
