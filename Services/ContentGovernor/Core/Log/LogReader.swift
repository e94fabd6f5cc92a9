import AuditLog
import GRDB
import Storage
import Synchronization

/// Reads tiles, entries and records; proves.
struct LogReader: Sendable {
  /// One entry as it is stored.
  struct Stored: Sendable {
    let index: Int
    let leaf: [UInt8]
    let beside: LogSegment.Beside
  }

  private let cache = TileCache()

  /// The head's row, made if there is none.
  static func prepare(_ database: Database) throws {
    try database.execute(
      sql: "INSERT OR IGNORE INTO head (id, size, root, indexed) VALUES (1, 0, ?, 0)",
      arguments: [DatabaseValue(bytes: TreeHash.empty.bytes)])
  }

  /// The tree as the database has it, held against the head that was written with it.
  static func tree(in database: Database) throws -> LogTree {
    guard let row = try Row.fetchOne(database, sql: "SELECT size, root FROM head") else {
      throw LogError.failed(cause: "the log's database has no head")
    }
    let size: Int = row["size"]
    let edge = try entries((size - size % Tile.widthMax)..<size, in: database)
    let tree = try LogTree(
      size: size,
      leaf: { index in
        let entry = edge[index % Tile.widthMax]
        return .leaf(entry.leaf)
      },
      tile: { level, index in try tile(level: level, index: index, in: database) })
    guard tree.root.bytes == row.bytes(named: "root") else {
      throw LogError.failed(
        cause: "the log's entries do not have the head that was written with them: restore it")
    }
    return tree
  }

  /// The hash of a perfect subtree of `tree`.
  func hash(_ node: TreeNode, of tree: LogTree, in database: Database) throws -> TreeHash {
    let place = Tile.place(of: node)
    if place.index == tree.size >> (Tile.height * (place.level + 1)) {
      return Tile.root(of: tree.edge(level: place.level)[place.range])
    }
    let key = TreeNode(height: place.level, index: place.index)
    let tile = try cache.tile(key) {
      try Self.tile(level: place.level, index: place.index, in: database)
    }
    return Tile.root(of: tile.hashes[place.range])
  }

  /// - Throws: `failed` unless all of `range` is there.
  static func entries(_ range: Range<Int>, in database: Database) throws -> [Stored] {
    guard !range.isEmpty else { return [] }
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: """
          SELECT first, leaves, records FROM segment
          WHERE first >= (SELECT max(first) FROM segment WHERE first <= ?) AND first < ?
          ORDER BY first
          """),
      arguments: [range.lowerBound, range.upperBound])
    var found: [Stored] = []
    while let row = try rows.next() {
      let first: Int = row["first"]
      guard let leaves = EntryBundle.entries(in: row.bytes(named: "leaves")) else {
        throw LogError.failed(cause: "the segment \(first) is cut off")
      }
      let beside = try LogSegment.read(row.bytes(named: "records"))
      guard leaves.count == beside.count else {
        throw LogError.failed(cause: "the segment \(first) has other leaves than records")
      }
      for (offset, leaf) in leaves.enumerated() where range ~= first + offset {
        found.append(Stored(index: first + offset, leaf: Array(leaf), beside: beside[offset]))
      }
    }
    guard found.count == range.count, found.first?.index == range.lowerBound else {
      throw LogError.failed(cause: "entries of \(range) are missing")
    }
    return found
  }

  /// The record of an entry with what opens its commitment; nil if it was erased.
  static func record(of entry: Stored, in database: Database) throws -> RecordBundle.Record? {
    let statement = try database.cachedStatement(sql: "SELECT secret FROM party WHERE id = ?")
    var keys: [PartyKey] = []
    for party in entry.beside.parties {
      guard let row = try Row.fetchOne(statement, arguments: [party]),
        let key = PartyKey(bytes: row.bytes(named: "secret"))
      else { return nil }
      keys.append(key)
    }
    guard let actor = keys.first, let leaf = AuditLeaf(canonicalBytes: entry.leaf) else {
      throw LogError.failed(cause: "the leaf \(entry.index) can't be read")
    }
    let key = actor.recordKey(with: Array(keys.dropFirst()), entry: leaf.identifier)
    guard let bytes = key.open(entry.beside.sealed) else {
      throw LogError.failed(cause: "the record \(entry.index) is damaged")
    }
    return RecordBundle.Record(opening: key.opening, bytes: bytes)
  }

  private static func tile(level: Int, index: Int, in database: Database) throws -> Tile {
    let row = try Row.fetchOne(
      database.cachedStatement(sql: "SELECT hashes FROM tile WHERE level = ? AND idx = ?"),
      arguments: [level, index])
    guard let bytes = row?.bytes(named: "hashes"),
      let tile = Tile(level: level, index: index, bytes: bytes),
      tile.hashes.count == Tile.widthMax
    else { throw LogError.failed(cause: "the tile \(index) of level \(level) is missing") }
    return tile
  }
}

/// Full tiles that were read lately: they never change.
private final class TileCache: Sendable {
  /// 8 MB.
  private static let tilesMax = 1024
  private let tiles = Mutex<[TreeNode: Tile]>([:])

  func tile(_ key: TreeNode, read: () throws -> Tile) rethrows -> Tile {
    if let tile = tiles.withLock({ $0[key] }) { return tile }
    let tile = try read()
    tiles.withLock { tiles in
      if tiles.count >= Self.tilesMax { tiles.removeAll(keepingCapacity: true) }
      tiles[key] = tile
    }
    return tile
  }
}
