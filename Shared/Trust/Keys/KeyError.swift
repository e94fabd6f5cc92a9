/// Why a key, or the file that holds it, could not be used. None is worth a retry as it is.
package enum KeyError: Error, Equatable, CustomStringConvertible {
  case fileExists(path: String)
  case fileMissing(path: String)
  /// Others than the owner may read the file; `mode` are its permission bits.
  case fileOpenToOthers(path: String, mode: String)
  /// Others than the owner may write the file, so what it says can't be trusted.
  case fileWritableByOthers(path: String, mode: String)
  /// Others than the owner may look into or change the folder of keys.
  case folderOpenToOthers(path: String, mode: String)
  case notAFile(path: String)
  case inputOutput(path: String, reason: String)
  case malformed(String)
  case commentInvalid

  package var description: String {
    switch self {
    case .fileExists(let path):
      "`\(path)` exists already: choose another name or move it away, keys are never overwritten"
    case .fileMissing(let path):
      "expected a file at `\(path)`, there is none"
    case .fileOpenToOthers(let path, let mode):
      "`\(path)` holds a secret and is open to others (mode \(mode)): run `chmod 600 \(path)`"
    case .fileWritableByOthers(let path, let mode):
      "`\(path)` can be written by others (mode \(mode)): run `chmod go-w \(path)`"
    case .folderOpenToOthers(let path, let mode):
      "`\(path)` holds secrets and is open to others (mode \(mode)): run `chmod 700 \(path)`"
    case .notAFile(let path):
      "expected `\(path)` to be a regular file, not a link, folder or device"
    case .inputOutput(let path, let reason):
      "`\(path)` could not be read or written: \(reason)"
    case .malformed(let reason): reason
    case .commentInvalid:
      "expected a key's comment to be at most \(VerifyingKey.commentLengthMaxBytes) bytes of printable ASCII"
    }
  }
}
