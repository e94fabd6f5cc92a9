/// The part of a peer's address by which strangers are counted.
enum PeerSource {
  /// An IPv6 host commonly has all of its /64 to itself (RFC 6177), so that counts as one.
  ///
  /// - Parameter address: an address without a port, as the kernel writes it; empty in process.
  static func network(of address: String) -> String {
    guard address.contains(":"), !address.contains(".") else { return address }
    // `::` stands for as many groups of zeros as are missing.
    let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
    let front = halves[0].split(separator: ":")
    let back = halves.count > 1 ? halves[1].split(separator: ":") : []
    let zeros = [Substring](repeating: "0", count: max(0, 8 - front.count - back.count))
    return (front + zeros + back).prefix(4).joined(separator: ":") + "::/64"
  }
}
