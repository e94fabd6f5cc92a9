import Testing

@testable import AuditLog

struct TreeTests {
  static let sizeMax = 300
  private static let entries = (0..<sizeMax).map { Array("entry \($0)".utf8) }

  /// Every perfect subtree of the entries, hashed once.
  private static let rows: [[TreeHash]] = {
    var rows = [entries.map { TreeHash.leaf($0) }]
    while let row = rows.last, row.count > 1 {
      rows.append(stride(from: 0, to: row.count - 1, by: 2).map { .node(row[$0], row[$0 + 1]) })
    }
    return rows
  }()

  private static func hash(_ node: TreeNode) -> TreeHash { rows[node.height][node.index] }

  private static let roots: [TreeHash] = (0...sizeMax).map { NaiveTree.root(entries[..<$0]) }

  @Test func `every size to 300 has the head of the naive tree, also when opened there`() {
    var tree = LogTree()
    var tiles: [Tile] = []
    for size in 0...Self.sizeMax {
      #expect(tree.size == size && tree.root == Self.roots[size])
      let opened = LogTree(
        size: size, leaf: { Self.rows[0][$0] },
        tile: { level, index in tiles.first { $0.level == level && $0.index == index } ?? tiles[0] }
      )
      #expect(opened == tree)
      if size < Self.sizeMax { tree.append(Self.rows[0][size], full: &tiles) }
    }
    #expect(tiles.map(\.level) == [0] && tiles[0].hashes == Array(Self.rows[0][..<256]))
    #expect(tree.edge(level: 1) == [Self.rows[8][0]])
  }

  @Test func `every leaf of every size to 300 has the naive tree's proof, and it holds`() {
    let naive = NaiveTree(Self.entries)
    for size in 1...Self.sizeMax {
      // All leaves of the small sizes and of those around powers of two, every seventh of the others.
      let step = size <= 70 || (250...260).contains(size) ? 1 : 7
      for index in stride(from: size % step, to: size, by: step) {
        let path = TreeProof.inclusion(of: index, size: size, hash: Self.hash)
        if size <= 40 { #expect(path == naive.path(index, size: size)) }
        let leaf = Self.rows[0][index]
        let root = TreeProof.root(of: leaf, at: index, size: size, path: path)
        #expect(root == Self.roots[size], "leaf \(index) of \(size)")
        let other = TreeProof.root(of: leaf, at: index ^ 1, size: size, path: path)
        #expect(size == 1 || other != Self.roots[size], "leaf \(index) of \(size) elsewhere")
        #expect(
          TreeProof.root(of: leaf, at: index, size: size, path: path + [leaf]) != Self.roots[size])
        #expect(
          path.isEmpty
            || TreeProof.root(of: leaf, at: index, size: size, path: path.dropLast())
              != Self.roots[size]
        )
      }
    }
  }

  @Test func `every pair of sizes to 300 has a proof that holds, and no other does`() {
    let naive = NaiveTree(Self.entries)
    for new in 0...Self.sizeMax {
      let step = new <= 70 || (250...260).contains(new) ? 1 : 11
      for old in stride(from: 0, through: new, by: step) {
        let path = TreeProof.consistency(from: old, to: new, hash: Self.hash)
        if new <= 40 { #expect(path == naive.proof(old, new)) }
        func holds(_ oldRoot: TreeHash, _ newRoot: TreeHash, _ path: [TreeHash]) -> Bool {
          TreeProof.isConsistent(
            old: old, oldRoot: oldRoot, new: new, newRoot: newRoot, path: path)
        }
        let (oldRoot, newRoot) = (Self.roots[old], Self.roots[new])
        #expect(holds(oldRoot, newRoot, path), "\(old) to \(new)")
        #expect(!holds(oldRoot, newRoot, path + [oldRoot]), "\(old) to \(new), longer")
        guard old > 0 else { continue }
        #expect(!holds(Self.roots[old - 1], newRoot, path), "\(old) to \(new), other beginning")
        #expect(!holds(oldRoot, Self.roots[new - 1], path), "\(old) to \(new), other end")
        guard let first = path.first else { continue }
        #expect(!holds(oldRoot, newRoot, Array(path.dropFirst())))
        #expect(!holds(oldRoot, newRoot, [TreeHash.node(first, first)] + path.dropFirst()))
      }
    }
  }

  @Test func `a tree of 70,000 has the tiles that tlog-tiles names`() {
    let paths = LogTree.levels(ofSize: 70_000).map { level in
      TilePath.all(.hashes(level: level), size: 70_000)
    }
    #expect(paths.map(\.count) == [274, 2, 1])
    #expect(paths.map { $0[$0.count - 1].width } == [112, 17, 1])
    #expect(paths[0][273].text == "tile/0/273.p/112")
    #expect(TilePath(.entries, index: 1_234_067, width: 256).text == "tile/entries/x001/x234/067")
    #expect(TilePath.all(.hashes(level: 1), size: 256).map(\.text) == ["tile/1/000.p/1"])
  }

  @Test func `a big tree opened from its tiles goes on as the one that grew`() {
    var tree = LogTree()
    var tiles: [Tile] = []
    let leaves = (0..<66_000).map {
      TreeHash.leaf([UInt8($0 & 255), UInt8($0 >> 8 & 255), UInt8($0 >> 16)])
    }
    for leaf in leaves { tree.append(leaf, full: &tiles) }
    let byPlace = Dictionary(
      uniqueKeysWithValues: tiles.map { (TreeNode(height: $0.level, index: $0.index), $0) })
    #expect(tiles.filter { $0.level == 1 }.count == 1)
    let opened = LogTree(
      size: 66_000, leaf: { leaves[$0] },
      tile: { level, index in byPlace[TreeNode(height: level, index: index)] ?? tiles[0] })
    #expect(opened == tree)
  }
}
