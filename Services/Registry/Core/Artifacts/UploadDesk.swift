import Synchronization
import Trust

/// Takes the bytes of files as they arrive, and knows how far each one is.
///
/// The digest of a file is computed as its bytes arrive. Where that state is lost with the process it
/// is computed again from the durable bytes at the next chunk.
final class UploadDesk: Sendable {
  struct Key: Hashable, Sendable {
    let push: String
    let digest: ContentDigest
  }

  /// How far a file is after a chunk.
  struct Receipt: Sendable, Equatable {
    let stored: UInt64
    /// Digests of the file's blocks, once it is whole.
    let blockDigests: [UInt8]?
  }

  private let files: ArtifactFiles
  private let queue: DiskQueue
  private let digesters = Mutex<[Key: ArtifactDigester]>([:])

  init(files: ArtifactFiles, queue: DiskQueue) {
    self.files = files
    self.queue = queue
  }

  /// Durable bytes of a file.
  func stored(_ key: Key) async throws(RegistryError) -> UInt64 {
    try await queue.run(key: key.push) { [files] () throws(RegistryError) in
      try files.uploadedByteCount(push: key.push, key.digest)
    }
  }

  /// Takes a chunk; it is durable when this returns.
  ///
  /// - Parameter total: bytes of the whole file.
  /// - Throws: `conflict` where the chunk begins after what is stored, `invalid` where its bytes are
  ///   not the file's, `exhausted` where the disk is full.
  func take(
    _ content: [UInt8], at offset: UInt64, of key: Key, total: UInt64
  ) async throws(RegistryError) -> Receipt {
    try await queue.run(key: key.push) { [self] () throws(RegistryError) in
      var digester = try takeDigester(key)
      let plan = try keeping(&digester, key) { digester throws(RegistryError) in
        try ChunkPlan(
          stored: digester.byteCount, total: total, offset: offset, count: content.count)
      }
      try keeping(&digester, key) { _ throws(RegistryError) in
        try compare(content.prefix(plan.overlapBytes), at: offset, of: key)
      }
      let new = content.dropFirst(plan.overlapBytes)
      // A digester is put back only once the bytes that it has seen are durable.
      try files.append(new, at: digester.byteCount, push: key.push, key.digest)
      digester.append(new)
      guard digester.byteCount == total else {
        let stored = digester.byteCount
        put(digester, key)
        return Receipt(stored: stored, blockDigests: nil)
      }
      return Receipt(stored: total, blockDigests: try finish(digester, key))
    }
  }

  /// Removes what was uploaded for a push.
  func abandon(push: String) async throws(RegistryError) {
    // In the push's lane, so that no chunk under way puts its digester back afterwards.
    try await queue.run(key: push) { [self] () throws(RegistryError) in
      digesters.withLock { $0 = $0.filter { $0.key.push != push } }
      try files.removeUploads(push: push)
    }
  }

  private func takeDigester(_ key: Key) throws(RegistryError) -> ArtifactDigester {
    if let digester = digesters.withLock({ $0.removeValue(forKey: key) }) { return digester }
    var digester = ArtifactDigester()
    let stored = try files.uploadedByteCount(push: key.push, key.digest)
    while digester.byteCount < stored {
      let part = try files.readUpload(
        push: key.push, key.digest, offset: digester.byteCount, count: ArtifactDigester.blockBytes)
      guard !part.isEmpty else { throw .failed(cause: "upload shrank while it was read") }
      digester.append(part[...])
    }
    return digester
  }

  private func put(_ digester: ArtifactDigester, _ key: Key) {
    digesters.withLock { $0[key] = digester }
  }

  /// Puts the digester back where a check that changes nothing fails.
  private func keeping<Value>(
    _ digester: inout ArtifactDigester, _ key: Key,
    _ check: (ArtifactDigester) throws(RegistryError) -> Value
  ) throws(RegistryError) -> Value {
    do throws(RegistryError) {
      return try check(digester)
    } catch {
      put(digester, key)
      throw error
    }
  }

  private func compare(
    _ bytes: ArraySlice<UInt8>, at offset: UInt64, of key: Key
  ) throws(RegistryError) {
    guard !bytes.isEmpty else { return }
    let stored = try files.readUpload(
      push: key.push, key.digest, offset: offset, count: bytes.count)
    guard stored.elementsEqual(bytes) else {
      throw .invalid(
        "the chunk at offset \(offset) differs from what was sent there before: "
          + "expected the bytes of the file with digest `\(key.digest)`")
    }
  }

  /// The block digests of a whole file, or, where its digest is wrong, nothing of it stays.
  private func finish(_ digester: ArtifactDigester, _ key: Key) throws(RegistryError) -> [UInt8] {
    let (digest, blockDigests) = digester.finish()
    guard digest == key.digest else {
      try files.removeUpload(push: key.push, key.digest)
      throw .invalid(
        "the file's digest is `\(digest?.description ?? "")`: expected `\(key.digest)`; "
          + "what was sent is removed, send the file again from offset 0")
    }
    return blockDigests
  }
}
