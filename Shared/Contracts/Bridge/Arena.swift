/// Memory for one decode or encode: taken piece by piece, given back all at once.
///
/// Starts in scratch memory that the caller lends, usually on its stack, so that a small message
/// allocates nothing.
@safe struct Arena: ~Copyable {
  private static var alignment: Int { 8 }
  private static var chunkBytesMin: Int { 8 * 1024 }

  private var next: UnsafeMutableRawPointer
  private var left: Int
  /// The newest heap chunk; its first word is the address of the one before.
  private var newest: UnsafeMutableRawPointer?

  /// - Parameter scratch: not empty, aligned to 8 bytes, outlives the arena.
  init(scratch: UnsafeMutableRawBufferPointer) {
    guard let start = scratch.baseAddress else { preconditionFailure("scratch memory is empty") }
    unsafe next = start
    left = scratch.count
    unsafe newest = nil
  }

  deinit {
    var chunk = unsafe newest
    while let current = unsafe chunk {
      // Every chunk starts with such a word; see `grow`.
      unsafe chunk = current.load(as: UnsafeMutableRawPointer?.self)
      unsafe current.deallocate()
    }
  }

  /// What an allocation of this many bytes uses up.
  static func rounded(_ byteCount: Int) -> Int {
    (byteCount + alignment - 1) & ~(alignment - 1)
  }

  /// Uninitialised memory, aligned to 8 bytes, valid for as long as the arena.
  mutating func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let rounded = Self.rounded(byteCount)
    if rounded > left { grow(for: rounded) }
    // `left` bytes follow `next`, and `rounded` is at most `left`.
    let taken = unsafe next
    unsafe next += rounded
    left -= rounded
    return unsafe taken
  }

  private mutating func grow(for byteCount: Int) {
    let link = Self.alignment
    let size = max(byteCount + link, Self.chunkBytesMin)
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    // The chunk has room for its link: it is at least `link` bytes.
    unsafe chunk.storeBytes(of: newest, as: UnsafeMutableRawPointer?.self)
    unsafe newest = chunk
    unsafe next = chunk + link
    left = size - link
  }
}
