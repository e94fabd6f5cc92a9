import CProtobufC

/// What protobuf-c may allocate while it reads one message.
///
/// The Swift value that is made of it afterwards takes about as much again, so the budget bounds that
/// too.
struct DecodeArena: ~Copyable {
  private var arena: Arena
  private var budget: Int
  private(set) var isOverBudget = false

  /// - Parameter scratch: not empty, aligned to 8 bytes, outlives the arena.
  init(scratch: UnsafeMutableRawBufferPointer, bytesMax: Int) {
    unsafe arena = Arena(scratch: scratch)
    budget = bytesMax
  }

  /// - Returns: `nil` once the budget does not hold `byteCount` more.
  mutating func take(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    guard byteCount >= 0, byteCount <= budget else {
      isOverBudget = true
      return nil
    }
    budget -= min(Arena.rounded(byteCount), budget)
    return unsafe arena.take(byteCount)
  }

  /// An allocator that takes from the arena behind `address` and frees nothing: the arena does.
  static func allocator(over address: UnsafeMutablePointer<DecodeArena>) -> ProtobufCAllocator {
    unsafe ProtobufCAllocator(
      alloc: { address, byteCount in
        // protobuf-c hands back the address that stands in `allocator_data`, which is such an arena.
        unsafe address?.assumingMemoryBound(to: DecodeArena.self).pointee.take(byteCount)
      },
      free: { _, _ in },
      allocator_data: address)
  }
}
