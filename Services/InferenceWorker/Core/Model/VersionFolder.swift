internal import Foundation

/// A version's files under their names, as links into the cache: what an engine loads from.
package struct VersionFolder: Sendable {
  package let path: String
  private let claim: FolderClaim
  /// Relative paths, sorted.
  package let files: [String]

  /// - Parameter versions: where the folder is made, and what dead workers have left is removed.
  /// - Throws: `cache`; nothing is left then.
  init(in versions: URL, files: [(path: String, content: URL)]) throws(LoadError) {
    FolderClaim.sweep(versions)
    claim = try FolderClaim.make(in: versions)
    path = claim.folder.path
    self.files = files.map(\.path).sorted()
    do throws(LoadError) {
      try makeFolder(claim.folder)
      for (path, content) in files { try link(content, as: path) }
    } catch {
      remove()
      throw error
    }
  }

  package func path(of file: String) -> String { path + "/" + file }

  /// Takes the links away; the cache keeps the content. What is mapped into memory stays there.
  package func remove() {
    claim.release()
  }

  private func link(_ content: URL, as path: String) throws(LoadError) {
    let place = claim.folder.appending(path: path)
    try makeFolder(place.deletingLastPathComponent())
    do {
      try FileManager.default.linkItem(at: content, to: place)
    } catch {
      throw .cache(path: place.path, reason: error.localizedDescription)
    }
  }

  /// The whole content of a small file.
  /// - Throws: `cache`.
  func contents(of file: String, bytesMax: Int) throws(LoadError) -> Data {
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path(of: file)))
      defer { try? handle.close() }
      return try handle.read(upToCount: bytesMax + 1) ?? Data()
    } catch {
      throw .cache(path: path(of: file), reason: error.localizedDescription)
    }
  }
}
