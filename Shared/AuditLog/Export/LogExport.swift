import Dispatch
import Synchronization

/// A log as a folder of files: C2SP tlog-tiles, the log's key, and beside them the records.
package struct LogExport: Sendable {
  package static let checkpointFile = "checkpoint"
  package static let keyFile = "log.vkey"
  /// Bundles that are read and hashed at once.
  private static let partsAtOnce = 64

  /// What holds of an export, and who vouches for it.
  package struct Verdict: Sendable {
    package let report: LogVerifier.Report
    package let checkpoint: SignedCheckpoint
    package let key: NoteKey
    /// Whether the reader brought the log's key; otherwise the export's own word was taken for it.
    package let isKeyPinned: Bool
    package let witnesses: [NoteKey]
  }

  private let read: @Sendable (_ path: String) -> [UInt8]?

  /// - Parameter read: the bytes of a file by its path in the folder; nil if there is none.
  package init(read: @escaping @Sendable (_ path: String) -> [UInt8]?) {
    self.read = read
  }

  /// Verifies everything, offline.
  ///
  /// - Parameters:
  ///   - key: the log's, as the reader knows it.
  ///   - kept: checkpoints that the reader or a witness kept; their signatures are checked too.
  ///   - witnesses: keys of witnesses that the reader trusts.
  ///   - hasRecords: whether the records must be there.
  package func verify(
    key pinned: NoteKey?, kept: [SignedCheckpoint], witnesses: [NoteKey], hasRecords: Bool
  ) throws(LogFault) -> Verdict {
    let key = if let pinned { pinned } else { try ownKey() }
    let signed = try checkpoint()
    let cosigners: [NoteKey]
    do throws(NoteError) {
      cosigners = try signed.verify(by: key, witnesses: witnesses)
    } catch {
      throw .note(file: Self.checkpointFile, error)
    }
    do throws(NoteError) {
      for one in kept { _ = try one.verify(by: key) }
    } catch {
      throw .note(file: "a kept checkpoint", error)
    }
    var verifier = try LogVerifier(checkpoint: signed.checkpoint, kept: kept.map(\.checkpoint))
    try take(
      TilePath.all(.entries, size: signed.checkpoint.size), into: &verifier,
      hasRecords: hasRecords)
    for tile in verifier.edges { try check(tile) }
    return Verdict(
      report: try verifier.finish(), checkpoint: signed, key: key, isKeyPinned: pinned != nil,
      witnesses: cosigners)
  }

  /// The checkpoint, unverified.
  package func checkpoint() throws(LogFault) -> SignedCheckpoint {
    let bytes = try file(Self.checkpointFile)
    do throws(NoteError) {
      return try SignedCheckpoint(bytes)
    } catch {
      throw .note(file: Self.checkpointFile, error)
    }
  }

  private func take(
    _ paths: [TilePath], into verifier: inout LogVerifier, hasRecords: Bool
  ) throws(LogFault) {
    for start in stride(from: 0, to: paths.count, by: Self.partsAtOnce) {
      let some = Array(paths[start..<min(paths.count, start + Self.partsAtOnce)])
      for result in parts(some, hasRecords: hasRecords) {
        verifier.take(try result.get())
        for tile in verifier.takeFull() { try check(tile) }
      }
    }
  }

  private func parts(
    _ paths: [TilePath], hasRecords: Bool
  ) -> [Result<LogVerifier.Part, LogFault>] {
    let found = Mutex<[Int: Result<LogVerifier.Part, LogFault>]>([:])
    DispatchQueue.concurrentPerform(iterations: paths.count) { place in
      let result = Result { () throws(LogFault) in
        try part(paths[place], hasRecords: hasRecords)
      }
      found.withLock { $0[place] = result }
    }
    return found.withLock { found in paths.indices.compactMap { found[$0] } }
  }

  private func part(
    _ path: TilePath, hasRecords: Bool
  ) throws(LogFault) -> LogVerifier.Part {
    let tile = TilePath(.hashes(level: 0), index: path.index, width: path.width)
    let records = TilePath(.records, index: path.index, width: path.width)
    return try LogVerifier.part(
      path, entries: file(path.text), tile: file(tile.text),
      records: hasRecords ? file(records.text) : nil)
  }

  private func check(_ tile: Tile) throws(LogFault) {
    let path = TilePath(.hashes(level: tile.level), index: tile.index, width: tile.hashes.count)
    guard try file(path.text) == tile.bytes else { throw .tile(file: path.text) }
  }

  private func ownKey() throws(LogFault) -> NoteKey {
    let text = String(decoding: try file(Self.keyFile), as: UTF8.self)
    do throws(NoteError) {
      guard text.hasSuffix("\n") else { throw .malformed("expected a line with the log's key") }
      return try NoteKey(String(text.dropLast()))
    } catch {
      throw .note(file: Self.keyFile, error)
    }
  }

  private func file(_ path: String) throws(LogFault) -> [UInt8] {
    guard let bytes = read(path) else { throw .missing(path) }
    return bytes
  }
}

extension LogExport {
  /// Every tile and bundle of an export of `size` entries.
  package static func paths(size: Int) -> [TilePath] {
    LogTree.levels(ofSize: size).flatMap { TilePath.all(.hashes(level: $0), size: size) }
      + TilePath.all(.entries, size: size) + TilePath.all(.records, size: size)
  }
}
