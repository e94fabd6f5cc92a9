/// A hash that is the same in every process and release, unlike `Hasher`'s: what is hashed may be kept.
package enum StableHash {
  /// FNV-1a, with its bits spread by ``mixed(_:)``.
  package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    mixed(
      bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 })
  }

  /// Of a number; both zeros are one.
  package static func hash(_ number: Double) -> UInt64 {
    mixed((number == 0 ? 0 : number).bitPattern &+ 0x9E37_79B9_7F4A_7C15)
  }

  /// SplitMix64's finish: each bit of the input changes about half of the output's.
  static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
