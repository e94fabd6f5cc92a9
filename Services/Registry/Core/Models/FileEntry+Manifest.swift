import Contracts
import Trust

extension Registry.FileEntry {
  /// The file as a manifest names it.
  ///
  /// - Throws: `invalid` where the path or the digest is none.
  func manifestFile() throws(RegistryError) -> ManifestFile {
    guard let digest = ContentDigest(bytes: sha256) else {
      throw .invalid(
        "file `\(NameRule.excerpt(path))`: `sha256` has \(sha256.count) bytes: expected 32")
    }
    do throws(ManifestError) {
      return try ManifestFile(path: path, digest: digest)
    } catch {
      throw .invalid("\(error)")
    }
  }
}

extension [Registry.FileEntry] {
  func manifestFiles() throws(RegistryError) -> [ManifestFile] {
    var files: [ManifestFile] = []
    for entry in self { files.append(try entry.manifestFile()) }
    return files
  }
}
