import Foundation
import Trust

/// Files of artifacts and uploads on disk. Every call blocks: call it on a `DiskQueue` only.
///
/// `artifacts/sha256/ab/abcd…` holds whole files under their digest; `uploads/PUSH/abcd…` holds what
/// has arrived of a file. A name under `artifacts` appears by rename, after its bytes are durable.
struct ArtifactFiles: Sendable {
  private let artifacts: URL
  private let uploads: URL

  /// Makes the folders if they are not there.
  init(stateDirectory: String) throws(RegistryError) {
    let state = URL(fileURLWithPath: stateDirectory, isDirectory: true)
    artifacts = state.appending(path: "artifacts/sha256", directoryHint: .isDirectory)
    uploads = state.appending(path: "uploads", directoryHint: .isDirectory)
    try Self.makeDirectory(artifacts)
    try Self.makeDirectory(uploads)
    try Self.synchronize(artifacts.deletingLastPathComponent())
    try Self.synchronize(state)
  }

  /// Bytes that are free for us on the disk.
  func freeBytes() throws(RegistryError) -> UInt64 {
    try Self.mapped("free space") {
      let attributes = try FileManager.default.attributesOfFileSystem(forPath: uploads.path)
      return (attributes[.systemFreeSize] as? NSNumber)?.uint64Value ?? 0
    }
  }

  // MARK: Uploads

  /// Durable bytes of an upload: its file is synchronized before its size is believed.
  func uploadedByteCount(push: String, _ digest: ContentDigest) throws(RegistryError) -> UInt64 {
    let url = uploadURL(push, digest)
    guard FileManager.default.fileExists(atPath: url.path) else { return 0 }
    return try Self.mapped("upload") {
      let handle = try FileHandle(forUpdating: url)
      defer { try? handle.close() }
      try handle.synchronize()
      return try handle.seekToEnd()
    }
  }

  /// Appends at `offset`, which must be the end of the file; durable when it returns.
  ///
  /// Where that fails, the file is cut back to `offset`: no part of the chunk stays.
  func append(
    _ bytes: ArraySlice<UInt8>, at offset: UInt64, push: String, _ digest: ContentDigest
  ) throws(RegistryError) {
    let url = uploadURL(push, digest)
    if !FileManager.default.fileExists(atPath: url.path) {
      try Self.makeDirectory(uploads.appending(path: push, directoryHint: .isDirectory))
      try Self.mapped("upload") { try Data().write(to: url, options: .withoutOverwriting) }
      try Self.synchronize(url.deletingLastPathComponent())
      try Self.synchronize(uploads)
    }
    try Self.mapped("upload") {
      let handle = try FileHandle(forUpdating: url)
      defer { try? handle.close() }
      guard try handle.seekToEnd() == offset else {
        throw RegistryError.failed(cause: "an upload's file does not end where it did")
      }
      do {
        try handle.write(contentsOf: Data(bytes))
        try handle.synchronize()
      } catch {
        try? handle.truncate(atOffset: offset)
        throw error
      }
    }
  }

  func readUpload(
    push: String, _ digest: ContentDigest, offset: UInt64, count: Int
  ) throws(RegistryError) -> [UInt8] {
    try Self.read(uploadURL(push, digest), offset: offset, count: count)
  }

  /// Whether a whole file of a push is where it was left: among its uploads or, kept, beside others.
  func holds(push: String, _ digest: ContentDigest) -> Bool {
    [uploadURL(push, digest), artifactURL(digest)]
      .contains { FileManager.default.fileExists(atPath: $0.path) }
  }

  func removeUpload(push: String, _ digest: ContentDigest) throws(RegistryError) {
    try Self.remove(uploadURL(push, digest))
  }

  /// Removes all that a push uploaded.
  func removeUploads(push: String) throws(RegistryError) {
    try Self.remove(uploads.appending(path: push, directoryHint: .isDirectory))
  }

  /// Ids of the pushes that have a folder under `uploads`.
  func pushesWithUploads() throws(RegistryError) -> [String] {
    try Self.mapped("uploads") {
      try FileManager.default.contentsOfDirectory(atPath: uploads.path)
        .filter { $0.allSatisfy(\.isHexDigit) }
    }
  }

  // MARK: Artifacts

  /// Gives a whole upload its name under `artifacts`; durable when it returns.
  ///
  /// Doing it again after a crash in between is fine.
  func keep(push: String, _ digest: ContentDigest) throws(RegistryError) {
    let source = uploadURL(push, digest)
    let target = artifactURL(digest)
    let directory = target.deletingLastPathComponent()
    if !FileManager.default.fileExists(atPath: directory.path) {
      try Self.makeDirectory(directory)
      try Self.synchronize(artifacts)
    }
    try Self.mapped("artifact") {
      guard FileManager.default.fileExists(atPath: source.path) else {
        guard FileManager.default.fileExists(atPath: target.path) else {
          throw RegistryError.corrupt(
            "the upload of `\(digest)` is gone: begin the push again and send it anew")
        }
        return
      }
      if FileManager.default.fileExists(atPath: target.path) {
        try FileManager.default.removeItem(at: target)
      }
      try FileManager.default.moveItem(at: source, to: target)
    }
    try Self.synchronize(directory)
  }

  func readArtifact(
    _ digest: ContentDigest, offset: UInt64, count: Int
  ) throws(RegistryError) -> [UInt8] {
    try Self.read(artifactURL(digest), offset: offset, count: count)
  }

  func removeArtifact(_ digest: ContentDigest) throws(RegistryError) {
    try Self.remove(artifactURL(digest))
  }

  /// The digests of every file under `artifacts`.
  func artifactsOnDisk() throws(RegistryError) -> [ContentDigest] {
    try Self.mapped("artifacts") {
      var digests: [ContentDigest] = []
      for prefix in try FileManager.default.contentsOfDirectory(atPath: artifacts.path) {
        let directory = artifacts.appending(path: prefix, directoryHint: .isDirectory)
        // Whatever else a person has put here is none of ours.
        guard prefix.utf8.count == 2, Self.isDirectory(directory) else { continue }
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
          if let digest = ContentDigest(hex: name) { digests.append(digest) }
        }
      }
      return digests
    }
  }

  // MARK: Paths and plain files

  private func uploadURL(_ push: String, _ digest: ContentDigest) -> URL {
    uploads.appending(path: push, directoryHint: .isDirectory)
      .appending(path: digest.hex, directoryHint: .notDirectory)
  }

  private func artifactURL(_ digest: ContentDigest) -> URL {
    artifacts.appending(path: String(digest.hex.prefix(2)), directoryHint: .isDirectory)
      .appending(path: digest.hex, directoryHint: .notDirectory)
  }

  private static func isDirectory(_ url: URL) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    return attributes?[.type] as? FileAttributeType == .typeDirectory
  }

  private static func makeDirectory(_ url: URL) throws(RegistryError) {
    try mapped("folder") {
      try FileManager.default.createDirectory(
        at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
  }

  /// Makes the names in a folder durable.
  private static func synchronize(_ directory: URL) throws(RegistryError) {
    try mapped("folder") {
      let handle = try FileHandle(forReadingFrom: directory)
      defer { try? handle.close() }
      try handle.synchronize()
    }
  }

  private static func read(_ url: URL, offset: UInt64, count: Int) throws(RegistryError) -> [UInt8]
  {
    try mapped("file") {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      try handle.seek(toOffset: offset)
      return [UInt8](try handle.read(upToCount: count) ?? Data())
    }
  }

  private static func remove(_ url: URL) throws(RegistryError) {
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    try mapped("file") { try FileManager.default.removeItem(at: url) }
  }

  private static func mapped<Value>(
    _ what: String, _ work: () throws -> Value
  ) throws(RegistryError) -> Value {
    do {
      return try work()
    } catch let error as RegistryError {
      throw error
    } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
      throw .exhausted("the registry's disk is full")
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
      throw .corrupt("a stored file is gone: restore the registry's state from a backup")
    } catch {
      throw .failed(cause: "\(what): \(error)")
    }
  }
}
