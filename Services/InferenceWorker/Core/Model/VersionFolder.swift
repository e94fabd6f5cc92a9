internal import Foundation

/// A version's files under their names, as links into the cache: what an engine loads from.
package struct VersionFolder: Sendable {
  package let path: String
  /// Relative paths, sorted.
  package let files: [String]

  /// - Throws: `cache`.
  init(at folder: URL, files: [(path: String, content: URL)]) throws(LoadError) {
    path = folder.path
    self.files = files.map(\.path).sorted()
    try makeFolder(folder)
    for (path, content) in files {
      let place = folder.appending(path: path)
      try makeFolder(place.deletingLastPathComponent())
      do {
        try FileManager.default.linkItem(at: content, to: place)
      } catch {
        throw .cache(path: place.path, reason: error.localizedDescription)
      }
    }
  }

  package func path(of file: String) -> String { path + "/" + file }

  /// Takes the links away; the cache keeps the content. What is mapped into memory stays there.
  package func remove() {
    try? FileManager.default.removeItem(atPath: path)
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
