package import Foundation

/// A file system of a few megabytes in the place of a folder, which can be filled to its last byte.
package struct SmallDisk: Sendable {
  package let folder: URL

  /// Whether this process may mount disks: it takes root, and root of a container may not.
  package static func isPossible() async -> Bool {
    let folder = FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    return (try? await with([folder], mebibytes: 1) { _ in }) != nil
  }

  /// Mounts a disk for each folder while `body` runs.
  ///
  /// - Throws: what `body` throws, and ``StepFailure`` if a disk can't be mounted.
  package static func with(
    _ folders: [URL], mebibytes: Int, _ body: ([SmallDisk]) async throws -> Void
  ) async throws {
    var mounted: [URL] = []
    let result: Result<Void, any Error>
    do {
      for folder in folders {
        try FileManager.default.createDirectory(
          at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try await RunningSuite.program(
          "mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m,mode=0700", "tmpfs", folder.path
        ).succeeded()
        mounted.append(folder)
      }
      result = .success(try await body(folders.map { SmallDisk(folder: $0) }))
    } catch {
      result = .failure(error)
    }
    // Lazily: whatever still has a file open there must not keep the mount for ever.
    for folder in mounted { _ = try? await RunningSuite.program("umount", "-l", folder.path) }
    try result.get()
  }

  private var filler: URL { folder.appending(path: "filler") }

  /// Leaves not a byte.
  package func fill() throws {
    if !FileManager.default.fileExists(atPath: filler.path) { try Data().write(to: filler) }
    let file = try FileHandle(forWritingTo: filler)
    defer { try? file.close() }
    try file.seekToEnd()
    for size in [1 << 20, 1 << 12] {
      while (try? file.write(contentsOf: Data(count: size))) != nil {}
    }
  }

  /// Gives back what ``fill()`` took.
  package func makeRoom() {
    try? FileManager.default.removeItem(at: filler)
  }
}
