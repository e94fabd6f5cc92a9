/// Why a store could not do what was asked, where the reason is the store and not the question.
///
/// What a caller's own SQL gets wrong (a broken constraint, say) stays GRDB's `DatabaseError`.
package enum StorageError: Error, Equatable, CustomStringConvertible {
  /// Nothing was written. Worth a retry once there is room.
  case diskFull(path: String)
  case inputOutput(path: String, reason: String)
  /// The file is damaged or not a database. Restore it from a backup.
  case corrupt(path: String, reason: String)
  case cannotOpen(path: String, reason: String)
  /// Another process holds the lock for longer than the busy timeout.
  case busy(path: String)
  /// A newer release wrote the file. Run that release.
  case schemaNewer(path: String, found: Int, known: Int)
  /// A migration that was applied does not say today what it said then.
  case migrationChanged(path: String, number: Int, name: String)
  /// A migration that must have been applied was not; the file was altered by hand.
  case migrationMissing(path: String, number: Int, name: String)
  case migrationFailed(path: String, number: Int, name: String, reason: String)
  /// More than `WriteQueue.pendingMax` writes wait. Worth a retry after a pause.
  case overloaded(path: String)
  /// The log has not taken enough entries off; changes are refused until it does.
  case outboxFull(rowsMax: Int)
  /// An outbox row is not the entry that was appended.
  case outboxRowDamaged(sequence: Int64, reason: String)
  case closed(path: String)

  package var description: String {
    switch self {
    case .diskFull(let path): "the disk of `\(path)` is full: nothing was written, make room"
    case .inputOutput(let path, let reason): "`\(path)` could not be read or written: \(reason)"
    case .corrupt(let path, let reason):
      "`\(path)` is damaged or not a database (\(reason)): restore it from a backup"
    case .cannotOpen(let path, let reason):
      "`\(path)` could not be opened (\(reason)): "
        + "expected a file that this user may read and write, or none"
    case .busy(let path): "another process holds `\(path)`: end it or try again"
    case .schemaNewer(let path, let found, let known):
      "`\(path)` was written by a newer release (schema \(found), this one knows \(known)): run that release"
    case .migrationChanged(let path, let number, let name):
      "expected migration \(number) `\(name)` of `\(path)` to read as it did when it was applied: this release was built with another text"
    case .migrationMissing(let path, let number, let name):
      "migration \(number) `\(name)` of `\(path)` was skipped: the file was altered by hand"
    case .migrationFailed(let path, let number, let name, let reason):
      "migration \(number) `\(name)` of `\(path)` failed and was undone: \(reason)"
    case .overloaded(let path): "too many writes wait for `\(path)`: try again later"
    case .outboxFull(let rowsMax):
      "\(rowsMax) entries wait for the transparency log: no change is taken until it answers again"
    case .outboxRowDamaged(let sequence, let reason):
      "row \(sequence) of the outbox is damaged: \(reason)"
    case .closed(let path): "`\(path)` is closed"
    }
  }
}
