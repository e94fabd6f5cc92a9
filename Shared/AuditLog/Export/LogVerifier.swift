/// Builds the tree of an exported log again, bundle by bundle, and holds everything against it: tiles,
/// checkpoint, records, and checkpoints that somebody kept.
///
/// Reads nothing itself: whoever has the files feeds them in order.
package struct LogVerifier: Sendable {
  /// What the reader hands in for one bundle of entries.
  package struct Part: Sendable {
    package let path: TilePath
    package let hashes: [TreeHash]
    package let recordCount: Int
    package let erasedCount: Int
  }

  /// What was found to hold.
  package struct Report: Sendable, Hashable {
    package let size: Int
    package let root: TreeHash
    package let recordCount: Int
    package let erasedCount: Int
    /// Size of the kept checkpoint that this log contains; nil if there was none to compare with.
    package let keptSize: Int?
  }

  private let checkpoint: Checkpoint
  private let kept: [Checkpoint]
  private var tree = LogTree()
  private var full: [Tile] = []
  private var recordCount = 0
  private var erasedCount = 0
  /// Those of `kept` that the tree had on its way.
  private var keptHold: Set<Checkpoint> = []

  /// - Parameter kept: checkpoints that were verified and kept by the auditor or a witness.
  package init(checkpoint: Checkpoint, kept: [Checkpoint]) throws(LogFault) {
    self.checkpoint = checkpoint
    self.kept = kept
    for one in kept {
      guard one.origin == checkpoint.origin else {
        throw .otherLog(found: checkpoint.origin, kept: one.origin)
      }
      guard one.size <= checkpoint.size else {
        throw .rolledBack(size: checkpoint.size, kept: one.size)
      }
    }
    note()
  }

  /// Hashes one bundle and holds it against the tile of leaves beside it. Depends on nothing before, so
  /// many may be done at once.
  ///
  /// - Parameters:
  ///   - tile: bytes of the tile of level 0 with the same index and width.
  ///   - records: the bundle of records, if the export has them.
  package static func part(
    _ path: TilePath, entries: [UInt8], tile: [UInt8], records: [UInt8]?
  ) throws(LogFault) -> Part {
    guard let leaves = EntryBundle.entries(in: entries) else {
      throw .malformed(file: path.text, reason: "its last entry is not whole")
    }
    let tilePath = TilePath(.hashes(level: 0), index: path.index, width: path.width).text
    let first = path.index * Tile.widthMax
    guard let signed = Tile(level: 0, index: path.index, bytes: tile),
      signed.hashes.count == path.width
    else { throw .malformed(file: tilePath, reason: "expected \(path.width) hashes") }
    let hashes = leaves.map { TreeHash.leaf($0) }
    for (offset, hash) in signed.hashes.enumerated()
    where offset >= hashes.count || hashes[offset] != hash {
      throw .entry(index: first + offset, file: path.text)
    }
    guard hashes.count == path.width else {
      throw .entry(index: first + path.width, file: path.text)
    }
    guard let records else {
      return Part(path: path, hashes: hashes, recordCount: 0, erasedCount: 0)
    }
    let erased = try check(records, against: leaves, first: first, path: path)
    return Part(
      path: path, hashes: hashes, recordCount: hashes.count - erased, erasedCount: erased)
  }

  /// Takes the next bundle; `part` must follow the one before.
  package mutating func take(_ part: Part) {
    recordCount += part.recordCount
    erasedCount += part.erasedCount
    for hash in part.hashes {
      tree.append(hash, full: &full)
      if kept.contains(where: { $0.size == tree.size }) { note() }
    }
  }

  /// Tiles above the leaves that are full by now, to be held against the files; each comes once.
  package mutating func takeFull() -> [Tile] {
    defer { full.removeAll(keepingCapacity: true) }
    return full.filter { $0.level > 0 }
  }

  /// The tiles at the right edge that are not full, above the leaves.
  package var edges: [Tile] {
    LogTree.levels(ofSize: tree.size).dropFirst().compactMap { level in
      let hashes = tree.edge(level: level)
      let index = tree.size >> (Tile.height * (level + 1))
      return hashes.isEmpty ? nil : Tile(level: level, index: index, hashes: hashes)
    }
  }

  /// Holds the whole against the checkpoints.
  package func finish() throws(LogFault) -> Report {
    guard tree.size == checkpoint.size, tree.root == checkpoint.root else {
      throw .head(size: tree.size, found: tree.root, signed: checkpoint.root)
    }
    for one in kept where !keptHold.contains(one) { throw .rewritten(kept: one.size) }
    return Report(
      size: tree.size, root: tree.root, recordCount: recordCount, erasedCount: erasedCount,
      keptSize: kept.map(\.size).max())
  }

  private mutating func note() {
    for one in kept where one.size == tree.size && one.root == tree.root { keptHold.insert(one) }
  }

  /// Returns how many records were erased.
  private static func check(
    _ bytes: [UInt8], against leaves: [ArraySlice<UInt8>], first: Int, path: TilePath
  ) throws(LogFault) -> Int {
    let file = TilePath(.records, index: path.index, width: path.width).text
    guard let records = RecordBundle.records(in: bytes) else {
      throw .malformed(file: file, reason: "its last record is not whole")
    }
    var erased = 0
    for (offset, leaf) in leaves.enumerated() {
      guard offset < records.count else {
        throw .record(index: first + offset, file: file, reason: "is missing")
      }
      guard let record = records[offset] else {
        erased += 1
        continue
      }
      let commitment = AuditLeaf.hexadecimal(
        RecordKey.commitment(to: record.bytes, opening: record.opening))
      guard AuditLeaf.commitment(in: leaf) == commitment else {
        throw .record(
          index: first + offset, file: file, reason: "is not what the leaf commits to")
      }
    }
    guard records.count == leaves.count else {
      throw .record(index: first + leaves.count, file: file, reason: "has no entry")
    }
    return erased
  }
}
