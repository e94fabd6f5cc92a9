/// A log's tree as its writer holds it: the head at hand after each leaf, and of each level only the
/// hashes that fill no tile yet. What is full is handed out once.
package struct LogTree: Sendable, Hashable {
  private var frontier: TreeFrontier
  /// By level, the hashes of the tile that is not full.
  private var edges: [[TreeHash]]

  package init() {
    frontier = TreeFrontier()
    edges = [[]]
  }

  /// Opens a tree of `size` leaves.
  ///
  /// - Parameters:
  ///   - leaf: the hash of a leaf; asked for those of the last tile only.
  ///   - tile: a full tile; asked for those below the tiles that are not full.
  package init<Failure: Error>(
    size: Int, leaf: (_ index: Int) throws(Failure) -> TreeHash,
    tile: (_ level: Int, _ index: Int) throws(Failure) -> Tile
  ) throws(Failure) {
    var edges: [[TreeHash]] = []
    for level in Self.levels(ofSize: size) {
      let end = size >> (Tile.height * level)
      let start = end - end % Tile.widthMax
      var edge: [TreeHash] = []
      for index in start..<end {
        edge.append(
          level == 0
            ? try leaf(index) : Tile.root(of: try tile(level - 1, index).hashes[...]))
      }
      edges.append(edge)
    }
    self.edges = edges
    frontier = try TreeFrontier(size: size) { (node) throws(Failure) in
      let place = Tile.place(of: node)
      return Tile.root(of: edges[place.level][place.range])
    }
  }

  package var size: Int { frontier.size }
  package var root: TreeHash { frontier.root }

  /// Takes the next leaf; tiles that it fills are added to `full`.
  package mutating func append(_ leaf: TreeHash, full: inout [Tile]) {
    edges[0].append(leaf)
    let size = frontier.size + 1
    var heads: [TreeHash] = []
    frontier.append(leaf) { height, hash in
      if height % Tile.height == 0 { heads.append(hash) }
    }
    for (level, head) in heads.enumerated() {
      full.append(
        Tile(
          level: level, index: size >> (Tile.height * (level + 1)) - 1, hashes: edges[level]))
      edges[level].removeAll(keepingCapacity: true)
      if edges.count == level + 1 { edges.append([]) }
      edges[level + 1].append(head)
    }
  }

  /// What a level's tile that is not full holds; empty if there is none.
  package func edge(level: Int) -> [TreeHash] {
    edges.indices.contains(level) ? edges[level] : []
  }

  /// The levels of which a tree of `size` leaves has tiles; at least the leaves'.
  package static func levels(ofSize size: Int) -> Range<Int> {
    var count = 1
    while size >> (Tile.height * count) > 0 { count += 1 }
    return 0..<count
  }
}
