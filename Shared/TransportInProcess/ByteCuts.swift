/// Where a stream of bytes is cut into deliveries.
package struct ByteCuts: Sendable {
  private var state: UInt64
  private let countMax: Int

  /// As many bytes at once as there are.
  package static let none = ByteCuts(seed: 0, countMax: .max)

  /// - Parameters:
  ///   - seed: gives the same cuts again.
  ///   - countMax: bytes of the longest delivery.
  package init(seed: UInt64, countMax: Int) {
    state = seed
    self.countMax = countMax
  }

  /// Bytes of the next delivery: at least one.
  mutating func next(atMost available: Int) -> Int {
    guard countMax < .max else { return available }
    // SplitMix64.
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return min(available, 1 + Int((mixed ^ (mixed >> 31)) % UInt64(countMax)))
  }
}
