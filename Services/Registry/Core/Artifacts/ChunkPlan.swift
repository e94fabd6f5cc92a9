/// What to do with a chunk: which part of it must equal what is stored, and which part is new.
///
/// A repeated chunk is all overlap; one that was torn by a crash is overlap first, then new bytes.
struct ChunkPlan: Equatable {
  /// Leading bytes of the chunk that the registry already has.
  let overlapBytes: Int
  /// Bytes after them, to be appended.
  let newBytes: Int

  /// - Parameters:
  ///   - stored: durable bytes of the file.
  ///   - total: bytes of the whole file.
  init(stored: UInt64, total: UInt64, offset: UInt64, count: Int) throws(RegistryError) {
    guard offset <= stored else {
      throw .conflict("chunk at offset \(offset): expected offset \(stored), continue there")
    }
    let (end, overflows) = offset.addingReportingOverflow(UInt64(count))
    guard !overflows, end <= total else {
      throw .invalid("chunk of \(count) bytes at offset \(offset) ends after the file's \(total)")
    }
    guard count > 0 || offset == total else {
      throw .invalid("the chunk is empty before the file's end: expected at least one byte")
    }
    overlapBytes = Int(min(UInt64(count), stored - offset))
    newBytes = count - overlapBytes
  }
}
