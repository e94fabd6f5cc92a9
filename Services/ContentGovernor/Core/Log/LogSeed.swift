import AuditLog
import Trust

/// The log's private key, in a file of its own.
enum LogSeed {
  /// Reads the key, or makes one where there is none.
  ///
  /// - Parameter isNew: whether the log has no entry yet. A log that goes on under another key is another
  ///   log to everybody who verifies it, so a lost one is never replaced in silence.
  static func load(path: String, isNew: Bool) throws(LogError) -> NoteSigner {
    do throws(KeyError) {
      return try signer(KeyFile.read(path, exposure: .secret))
    } catch {
      guard case .fileMissing = error else { throw .failed(cause: "\(error)") }
      guard isNew else {
        throw .failed(cause: "\(error), and the log was signed with what it held: restore it")
      }
    }
    do throws(KeyError) {
      try KeyFile.create(path, NoteSigner.newSeed())
      return try signer(KeyFile.read(path, exposure: .secret))
    } catch {
      throw .failed(cause: "\(error)")
    }
  }

  private static func signer(_ seed: [UInt8]) throws(KeyError) -> NoteSigner {
    do throws(NoteError) {
      // The name tells one installation's log from another's without anybody choosing it.
      return try NoteSigner(
        name: NoteSigner.name(prefix: "slipway/log/", seed: seed), kind: .signer, seed: seed)
    } catch {
      throw .malformed("\(error)")
    }
  }
}
