/// Where a routing key falls in a model's traffic split: FNV-1a with a finalizer that spreads its low
/// bits (SplitMix64's).
///
/// The same in every process and release, so that a caller stays on its version whichever gateway it
/// reaches; the model is part of it, so that nobody is in the first per cent of every canary.
enum RoutingHash {
  /// Starts the hash of a model's callers.
  static func seed(model: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in model.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // No name holds a NUL, so that name and key can't run into each other.
    return hash &* 0x100_0000_01b3
  }

  static func hash(seed: UInt64, key: Span<UInt8>) -> UInt64 {
    var hash = seed
    for index in key.indices { hash = (hash ^ UInt64(key[index])) &* 0x100_0000_01b3 }
    return mix(hash)
  }

  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
