internal import CMalloc

/// What a process does with memory that it has freed.
package enum FreedMemory {
  /// Larger blocks go back to the system at once: models, not messages.
  private static let blockBytesMax: CInt = 4 << 20
  /// Free bytes at the end of a heap, of which there is one for each thread, that are kept.
  private static let keptBytesMax: CInt = 8 << 20

  /// Keeps what messages were in for the next ones.
  ///
  /// By itself the C library gives buffers of a few hundred KiB back to the system with each call, and
  /// has each page zeroed again for the next: 1 MiB through a gateway then took up to twice the time.
  package static func keep() {
    mallopt(M_MMAP_THRESHOLD, blockBytesMax)
    mallopt(M_TRIM_THRESHOLD, keptBytesMax)
  }
}
