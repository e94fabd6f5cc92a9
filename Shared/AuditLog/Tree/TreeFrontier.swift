/// The right edge of a growing tree: the hashes of the perfect subtrees that it falls into, largest
/// first. One for each bit that is set in the number of leaves.
package struct TreeFrontier: Hashable, Sendable {
  package private(set) var size = 0
  private var subtrees: [TreeHash] = []

  package init() {}

  /// Of a tree of `size` leaves.
  ///
  /// - Parameter hash: of a perfect subtree.
  package init<Failure: Error>(
    size: Int, hash: (TreeNode) throws(Failure) -> TreeHash
  ) throws(Failure) {
    self.size = size
    for node in TreeNode.covering(0..<size) { subtrees.append(try hash(node)) }
  }

  /// Takes the next leaf.
  ///
  /// - Parameter completed: told of every perfect subtree of more than one leaf that it completes.
  package mutating func append(
    _ leaf: TreeHash, completed: (_ height: Int, _ hash: TreeHash) -> Void = { _, _ in }
  ) {
    var hash = leaf
    var height = 0
    while (size >> height) & 1 == 1, let left = subtrees.popLast() {
      hash = .node(left, hash)
      height += 1
      completed(height, hash)
    }
    subtrees.append(hash)
    size += 1
  }

  /// The head of the tree, from at most one hash for each bit of its size.
  package var root: TreeHash {
    guard var root = subtrees.last else { return .empty }
    for subtree in subtrees.dropLast().reversed() { root = .node(subtree, root) }
    return root
  }
}
