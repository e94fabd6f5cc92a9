/// Proofs about a tree, by RFC 9162, sections 2.1.3 and 2.1.4: made from the hashes of perfect
/// subtrees, checked with nothing but the hashes in them.
package enum TreeProof {
  /// A proof in a tree of 2^62 leaves has no more hashes.
  package static let hashesMax = 128

  /// That the leaf at `index` is in the tree of `size` leaves: from its sibling up.
  ///
  /// - Parameter hash: of a perfect subtree.
  package static func inclusion<Failure: Error>(
    of index: Int, size: Int, hash: (TreeNode) throws(Failure) -> TreeHash
  ) throws(Failure) -> [TreeHash] {
    precondition(0..<size ~= index, "a proof is of a leaf that the tree has")
    var siblings: [Range<Int>] = []
    var range = 0..<size
    while range.count > 1 {
      let middle = split(range)
      if index < middle {
        siblings.append(middle..<range.upperBound)
        range = range.lowerBound..<middle
      } else {
        siblings.append(range.lowerBound..<middle)
        range = middle..<range.upperBound
      }
    }
    var hashes: [TreeHash] = []
    for sibling in siblings.reversed() { hashes.append(try root(of: sibling, hash: hash)) }
    return hashes
  }

  /// That the tree of `old` leaves is the beginning of the tree of `new` leaves.
  package static func consistency<Failure: Error>(
    from old: Int, to new: Int, hash: (TreeNode) throws(Failure) -> TreeHash
  ) throws(Failure) -> [TreeHash] {
    precondition(0...new ~= old, "a tree only grows")
    guard old > 0, old < new else { return [] }
    var parts: [Range<Int>] = []
    var range = 0..<new
    var isWhole = true
    while range.upperBound != old {
      let middle = split(range)
      if old <= middle {
        parts.append(middle..<range.upperBound)
        range = range.lowerBound..<middle
      } else {
        parts.append(range.lowerBound..<middle)
        range = middle..<range.upperBound
        isWhole = false
      }
    }
    if !isWhole { parts.append(range) }
    var hashes: [TreeHash] = []
    for part in parts.reversed() { hashes.append(try root(of: part, hash: hash)) }
    return hashes
  }

  /// The head of the tree of `size` leaves.
  package static func head<Failure: Error>(
    size: Int, hash: (TreeNode) throws(Failure) -> TreeHash
  ) throws(Failure) -> TreeHash {
    try root(of: 0..<size, hash: hash)
  }

  /// The head that a proof of inclusion leads to; nil if it is none for this place.
  package static func root(
    of leaf: TreeHash, at index: Int, size: Int, path: [TreeHash]
  ) -> TreeHash? {
    guard 0..<size ~= index else { return nil }
    var (place, last, root) = (index, size - 1, leaf)
    for sibling in path {
      guard last != 0 else { return nil }
      if place & 1 == 1 || place == last {
        root = .node(sibling, root)
        while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
      } else {
        root = .node(root, sibling)
      }
      (place, last) = (place >> 1, last >> 1)
    }
    return last == 0 ? root : nil
  }

  /// Whether `path` shows that the tree of `old` leaves is the beginning of the other one.
  package static func isConsistent(
    old: Int, oldRoot: TreeHash, new: Int, newRoot: TreeHash, path: [TreeHash]
  ) -> Bool {
    guard 0...new ~= old else { return false }
    if old == new { return path.isEmpty && oldRoot == newRoot }
    if old == 0 { return path.isEmpty && oldRoot == .empty }
    var hashes = path[...]
    if old & (old - 1) == 0 { hashes = ([oldRoot] + path)[...] }
    guard let first = hashes.popFirst() else { return false }
    var (place, last) = (old - 1, new - 1)
    while place & 1 == 1 { (place, last) = (place >> 1, last >> 1) }
    var (oldFound, newFound) = (first, first)
    for hash in hashes {
      guard last != 0 else { return false }
      if place & 1 == 1 || place == last {
        oldFound = .node(hash, oldFound)
        newFound = .node(hash, newFound)
        while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
      } else {
        newFound = .node(newFound, hash)
      }
      (place, last) = (place >> 1, last >> 1)
    }
    return last == 0 && oldFound == oldRoot && newFound == newRoot
  }

  private static func root<Failure: Error>(
    of range: Range<Int>, hash: (TreeNode) throws(Failure) -> TreeHash
  ) throws(Failure) -> TreeHash {
    var hashes: [TreeHash] = []
    for node in TreeNode.covering(range) { hashes.append(try hash(node)) }
    guard var root = hashes.popLast() else { return .empty }
    while let left = hashes.popLast() { root = .node(left, root) }
    return root
  }

  /// Where RFC 9162 splits a tree: at the largest power of two below its size.
  private static func split(_ range: Range<Int>) -> Int {
    range.lowerBound + 1 << (Int.bitWidth - 1 - (range.count - 1).leadingZeroBitCount)
  }
}
