/// What is wrong with an exported log, as precisely as it can be told.
package enum LogFault: Error, Equatable, CustomStringConvertible {
  case missing(String)
  case note(file: String, NoteError)
  case malformed(file: String, reason: String)
  /// The entry is not what the tree was built from.
  case entry(index: Int, file: String)
  case tile(file: String)
  /// Entries and tiles agree with each other and not with the checkpoint.
  case head(size: Int, found: TreeHash, signed: TreeHash)
  case record(index: Int, file: String, reason: String)
  /// The log is shorter than it was.
  case rolledBack(size: Int, kept: Int)
  /// What was once in the log is not there any more.
  case rewritten(kept: Int)
  case otherLog(found: String, kept: String)

  package var description: String {
    switch self {
    case .missing(let file): "`\(file)` is missing: expected every file of the checkpoint's size"
    case .note(let file, let error): "`\(file)`: \(error)"
    case .malformed(let file, let reason): "`\(file)`: \(reason)"
    case .entry(let index, let file):
      "entry \(index) in `\(file)` is not the one that the log holds there: it was changed, removed, added or moved"
    case .tile(let file): "the hashes in `\(file)` are not those of the entries below"
    case .head(let size, let found, let signed):
      "the \(size) entries have the head \(found), and the log signed \(signed)"
    case .record(let index, let file, let reason):
      "the record of entry \(index) in `\(file)` \(reason)"
    case .rolledBack(let size, let kept):
      "the log has \(size) entries and had \(kept) when the kept checkpoint was signed: it was rolled back"
    case .rewritten(let kept):
      "the first \(kept) entries are not those of the kept checkpoint: history was rewritten"
    case .otherLog(let found, let kept):
      "the checkpoint is of `\(found)`, the kept one of `\(kept)`"
    }
  }
}
