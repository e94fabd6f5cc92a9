import Trust

/// Whole files by digest, verified on their way out.
///
/// Each block that is read is checked against its digest from the day the file came in, so a byte
/// that was altered on disk is refused in the very chunk that holds it, whatever has been read before
/// and without reading the rest of the file. The block digests were computed in the same pass as the
/// file's own digest.
struct ArtifactStore: Sendable {
  /// What is known of an artifact besides its bytes.
  struct Entry: Sendable {
    let digest: ContentDigest
    let byteCount: UInt64
    let blockDigests: [UInt8]
  }

  private let files: ArtifactFiles
  private let queue: DiskQueue

  init(files: ArtifactFiles, queue: DiskQueue) {
    self.files = files
    self.queue = queue
  }

  /// Bytes from `offset`, at most `count` and fewer at the end of the file.
  ///
  /// - Throws: `corrupt` where the stored bytes are not those that came in.
  func read(
    _ entry: Entry, offset: UInt64, count: Int
  ) async throws(RegistryError) -> [UInt8] {
    guard offset <= entry.byteCount else {
      throw .invalid("offset \(offset) is after the artifact's \(entry.byteCount) bytes")
    }
    let end = offset + min(UInt64(count), entry.byteCount - offset)
    guard end > offset else { return [] }
    // Readers of one artifact do not wait for each other.
    return try await queue.run(key: "\(entry.digest.hex)\(offset)") {
      [self] () throws(RegistryError) in
      let blockBytes = UInt64(ArtifactDigester.blockBytes)
      var bytes: [UInt8] = []
      for index in offset / blockBytes...(end - 1) / blockBytes {
        let start = index * blockBytes
        let block = try readBlock(entry, index)
        let from = max(offset, start) - start
        let to = min(end, start + blockBytes) - start
        bytes.append(contentsOf: block[Int(from)..<Int(to)])
      }
      return bytes
    }
  }

  private func readBlock(_ entry: Entry, _ index: UInt64) throws(RegistryError) -> [UInt8] {
    let blockBytes = UInt64(ArtifactDigester.blockBytes)
    let start = index * blockBytes
    let count = Int(min(blockBytes, entry.byteCount - start))
    let block = try files.readArtifact(entry.digest, offset: start, count: count)
    let digests = entry.blockDigests.dropFirst(Int(index) * ArtifactDigester.digestBytes)
    let expected = digests.prefix(ArtifactDigester.digestBytes)
    guard block.count == count, ContentDigest(of: block).bytes.elementsEqual(expected) else {
      throw .corrupt(
        "artifact `\(entry.digest)` was altered on the registry's disk and is not served: "
          + "restore the registry's state from a backup")
    }
    return block
  }
}
