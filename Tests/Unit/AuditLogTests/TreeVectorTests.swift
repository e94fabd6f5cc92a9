import Testing

@testable import AuditLog

/// The vectors that implementations of RFC 6962 and RFC 9162 share (certificate-transparency).
struct TreeVectorTests {
  private static let leaves: [[UInt8]] = [
    [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], Array(0x40...0x43), Array(0x50...0x57),
    Array(0x60...0x6f),
  ]
  private static let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]
  private static let h01 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
  private static let h23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
  private static let h47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
  private static let h4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
  private static let h67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
  private static let h45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
  private static let h6 = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"

  private static func hash(_ node: TreeNode) -> TreeHash {
    NaiveTree(Array(leaves[(node.index << node.height)..<(node.index + 1) << node.height])).root
  }

  private static func hexadecimal(_ path: [TreeHash]) -> [String] {
    path.map { AuditLeaf.hexadecimal($0.bytes) }
  }

  @Test func `heads of the first eight sizes are those of the vectors`() {
    var frontier = TreeFrontier()
    #expect(AuditLeaf.hexadecimal(frontier.root.bytes) == Self.roots[0])
    for (size, leaf) in Self.leaves.enumerated() {
      frontier.append(.leaf(leaf))
      #expect(AuditLeaf.hexadecimal(frontier.root.bytes) == Self.roots[size + 1])
    }
  }

  @Test(arguments: [
    (0, 1, []), (0, 8, [h01, h23, h47]), (5, 8, [h4, h67, roots[4]]), (2, 3, [roots[2]]),
    (1, 5, [roots[1], h23, h4]),
  ])
  func `proofs of inclusion are those of the vectors`(index: Int, size: Int, path: [String]) {
    #expect(
      Self.hexadecimal(TreeProof.inclusion(of: index, size: size, hash: Self.hash)) == path)
  }

  @Test(arguments: [
    (1, 1, []), (1, 8, [h01, h23, h47]), (6, 8, [h45, h67, roots[4]]), (2, 5, [h23, h4]),
    (6, 7, [h45, h6, roots[4]]),
  ])
  func `proofs of consistency are those of the vectors`(old: Int, new: Int, path: [String]) {
    #expect(
      Self.hexadecimal(TreeProof.consistency(from: old, to: new, hash: Self.hash)) == path)
  }
}

/// The tree as RFC 9162 writes it down, computed from scratch each time.
struct NaiveTree {
  let leaves: [[UInt8]]

  init(_ leaves: [[UInt8]]) {
    self.leaves = leaves
  }

  var root: TreeHash { Self.root(leaves[...]) }

  static func root(_ leaves: ArraySlice<[UInt8]>) -> TreeHash {
    if leaves.isEmpty { return .empty }
    if leaves.count == 1 { return .leaf(leaves[leaves.startIndex]) }
    let middle = leaves.startIndex + split(leaves.count)
    return .node(root(leaves[..<middle]), root(leaves[middle...]))
  }

  func path(_ index: Int, size: Int) -> [TreeHash] { Self.path(index, leaves[..<size]) }

  func proof(_ old: Int, _ new: Int) -> [TreeHash] {
    old == 0 ? [] : Self.subproof(old, leaves[..<new], true)
  }

  private static func path(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [TreeHash] {
    if leaves.count == 1 { return [] }
    let half = split(leaves.count)
    let middle = leaves.startIndex + half
    return index < half
      ? path(index, leaves[..<middle]) + [root(leaves[middle...])]
      : path(index - half, leaves[middle...]) + [root(leaves[..<middle])]
  }

  private static func subproof(
    _ old: Int, _ leaves: ArraySlice<[UInt8]>, _ isWhole: Bool
  ) -> [TreeHash] {
    if old == leaves.count { return isWhole ? [] : [root(leaves)] }
    let half = split(leaves.count)
    let middle = leaves.startIndex + half
    return old <= half
      ? subproof(old, leaves[..<middle], isWhole) + [root(leaves[middle...])]
      : subproof(old - half, leaves[middle...], false) + [root(leaves[..<middle])]
  }

  private static func split(_ count: Int) -> Int {
    var half = 1
    while half * 2 < count { half *= 2 }
    return half
  }
}
