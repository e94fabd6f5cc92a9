internal import Foundation
package import Trust

/// Files of versions by their content, on this host's disk, shared by its workers:
///
///     FOLDER/sha256/ab/abcd…      a whole file, read-only
///     FOLDER/parts/abcd….UUID     a file on its way, written by one worker only
///     FOLDER/versions/UUID/       a version's files under their names, for one worker's load
///     FOLDER/versions/UUID.lock   held by that worker; what nobody holds is removed
///
/// Nothing in it is trusted: a file is hashed when it is made and again each time a version is opened.
package struct ArtifactCache: Sendable {
  /// 64 GiB: no model file that one process serves is near it, and a lying registry can't fill a disk
  /// of any size.
  package static let fileBytesMax: UInt64 = 64 << 30

  private let folder: URL

  /// - Parameter folder: is made when it is needed, with mode 0700.
  package init(folder: String) {
    self.folder = URL(filePath: folder, directoryHint: .isDirectory)
  }

  /// Brings every file of a version here and lays it out in a folder of its own.
  ///
  /// A fetch that broke off goes on where it ended, also when another worker did it.
  /// - Throws: `registry`, `sizeDiffers`, `contentDiffers` if the registry sends other bytes than were
  ///   signed, `cache`.
  package func open(
    _ version: VerifiedVersion, from source: RegistrySource
  ) async throws(LoadError) -> VersionFolder {
    try await onThread { () throws(LoadError) in
      for name in ["parts", "versions"] { try makeFolder(folder.appending(path: name)) }
    }
    for file in version.files where try await !isCached(file) {
      try await fetch(file, from: source)
    }
    return try await onThread { () throws(LoadError) in
      try VersionFolder(
        in: folder.appending(path: "versions"),
        files: version.files.map { ($0.path, place(of: $0.digest)) })
    }
  }

  /// Where a whole file of this digest is, or would be.
  package func path(of digest: ContentDigest) -> String { place(of: digest).path }

  private func place(of digest: ContentDigest) -> URL {
    folder.appending(path: "sha256/\(digest.hex.prefix(2))/\(digest.hex)")
  }

  /// Whether the file is here, by its content. What is here under its name but differs is removed.
  private func isCached(_ file: VersionFile) async throws(LoadError) -> Bool {
    let place = place(of: file.digest)
    return try await onThread { () throws(LoadError) in
      guard FileManager.default.fileExists(atPath: place.path) else { return false }
      if try FileDigester.digest(of: place) == file.digest { return true }
      try remove(place)
      return false
    }
  }

  // MARK: Fetching

  private func fetch(_ file: VersionFile, from source: RegistrySource) async throws(LoadError) {
    let resumed = try await onThread { () throws(LoadError) in
      try PartFile(of: file, in: folder.appending(path: "parts"), resumes: true)
    }
    let wasResumed = resumed.byteCount > 0
    do throws(LoadError) {
      return try await fill(resumed, of: file, from: source)
    } catch .contentDiffers where wasResumed {
      // What was left behind may be the fault: once more from the start.
    }
    let fresh = try await onThread { () throws(LoadError) in
      try PartFile(of: file, in: folder.appending(path: "parts"), resumes: false)
    }
    try await fill(fresh, of: file, from: source)
  }

  private func fill(
    _ part: PartFile, of file: VersionFile, from source: RegistrySource
  ) async throws(LoadError) {
    while part.byteCount < file.byteCount {
      let bytes = try await source.chunk(of: file, offset: part.byteCount)
      try await onThread { () throws(LoadError) in try part.append(bytes) }
    }
    let place = place(of: file.digest)
    try await onThread { () throws(LoadError) in
      try makeFolder(place.deletingLastPathComponent())
      try part.finish(as: place)
    }
  }
}

/// Does blocking work on files on a thread of its own.
private func onThread<Value: Sendable>(
  _ work: @escaping @Sendable () throws(LoadError) -> Value
) async throws(LoadError) -> Value {
  try await DedicatedThread.run(named: "model cache", work)
}

/// - Throws: `cache`.
func makeFolder(_ folder: URL) throws(LoadError) {
  do {
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  } catch {
    throw .cache(path: folder.path, reason: error.localizedDescription)
  }
}

/// - Throws: `cache`.
func remove(_ place: URL) throws(LoadError) {
  do {
    try FileManager.default.removeItem(at: place)
  } catch {
    throw .cache(path: place.path, reason: error.localizedDescription)
  }
}
