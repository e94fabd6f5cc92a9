/// Up to 256 consecutive hashes of one height of the tree (C2SP tlog-tiles).
package struct Tile: Hashable, Sendable {
  package static let height = 8
  package static let widthMax = 1 << height

  /// 0 for leaves; each level above holds the heads of 256 hashes below.
  package let level: Int
  package let index: Int
  package let hashes: [TreeHash]

  package init(level: Int, index: Int, hashes: [TreeHash]) {
    self.level = level
    self.index = index
    self.hashes = hashes
  }

  /// Reads hashes that stand one after another; nil if the last one is not whole or there are too many.
  package init?(level: Int, index: Int, bytes: [UInt8]) {
    guard bytes.count % TreeHash.lengthBytes == 0,
      bytes.count <= Self.widthMax * TreeHash.lengthBytes
    else { return nil }
    let hashes = stride(from: 0, to: bytes.count, by: TreeHash.lengthBytes).compactMap {
      TreeHash(bytes: bytes[$0..<$0 + TreeHash.lengthBytes])
    }
    self.init(level: level, index: index, hashes: hashes)
  }

  package var bytes: [UInt8] { Self.bytes(of: hashes[...]) }

  package static func bytes(of hashes: ArraySlice<TreeHash>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(hashes.count * TreeHash.lengthBytes)
    for hash in hashes { hash.append(to: &bytes) }
    return bytes
  }

  /// The head of the tile's hashes `range`, whose length is a power of two.
  package static func root(of hashes: ArraySlice<TreeHash>) -> TreeHash {
    var row = Array(hashes)
    while row.count > 1 {
      row = stride(from: 0, to: row.count - 1, by: 2).map { .node(row[$0], row[$0 + 1]) }
    }
    return row.first ?? .empty
  }

  /// The tile of a level that holds the hashes below `node`, and which of them.
  package static func place(of node: TreeNode) -> (level: Int, index: Int, range: Range<Int>) {
    let level = node.height / height
    let rest = node.height % height
    let first = node.index << rest
    let start = first & (widthMax - 1)
    return (level, first >> height, start..<start + 1 << rest)
  }
}
