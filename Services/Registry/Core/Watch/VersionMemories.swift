import Contracts
import GRDB
import Synchronization

/// What a worker of a version takes of memory; versions never change, so each is read once.
final class VersionMemories: Sendable {
  /// Beyond them everything is read again: so many versions are hardly deployed at once.
  private static let keptMax = 4096
  /// What a worker takes beside its model.
  private static let processBytes: UInt64 = 48 << 20
  /// What serving adds to what probing took: connections, buffers, a share of the runtime.
  private static let servingBytes: UInt64 = 24 << 20

  private struct Key: Hashable {
    var model: String
    var version: UInt32
  }

  private let known = Mutex<[Key: UInt64]>([:])

  /// As its probing found, or by the size of its files.
  func bytes(_ db: Database, model: String, version: UInt32) throws -> UInt64 {
    let key = Key(model: model, version: version)
    if let bytes = known.withLock({ $0[key] }) { return bytes }
    let found = try VersionTable.version(db, model: model, number: version)
    let files = (found?.files ?? []).reduce(Self.processBytes) { $0 &+ $1.byteCount }
    let probed = found.flatMap { ProbeDocument.memoryBytes($0.probe) }
    let bytes = probed.map { $0 &+ Self.servingBytes } ?? files
    known.withLock { known in
      if known.count >= Self.keptMax { known = [:] }
      known[key] = bytes
    }
    return bytes
  }
}
