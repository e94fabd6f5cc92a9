/// A perfect subtree: `1 << height` leaves from `index << height` on.
package struct TreeNode: Hashable, Sendable {
  package let height: Int
  package let index: Int

  package init(height: Int, index: Int) {
    self.height = height
    self.index = index
  }

  /// The perfect subtrees that the leaves of `range` fall into as a subtree of their own, from the left.
  ///
  /// - Parameter range: as the recursion of RFC 9162 makes them: its start is a multiple of the largest
  ///   power of two that it holds.
  static func covering(_ range: Range<Int>) -> [TreeNode] {
    var nodes: [TreeNode] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let height = Int.bitWidth - 1 - (range.upperBound - start).leadingZeroBitCount
      nodes.append(TreeNode(height: height, index: start >> height))
      start += 1 << height
    }
    return nodes
  }
}
