/// SplitMix64: numbers that are the same wherever and whenever the same seed is used.
package struct SeededRandom: RandomNumberGenerator, Sendable, Hashable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return StableHash.mixed(state)
  }

  /// From 0 up to, not including, `bound`.
  package mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(max(1, bound))).high)
  }

  /// From 0 up to, not including, 1.
  package mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }
}
