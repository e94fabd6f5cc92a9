/// One file of a model: where it stands, relative to the model's folder, and the digest of its bytes.
///
/// The format has no place for a file's size; the digest fixes it.
package struct ManifestFile: Hashable, Sendable {
  package let path: String
  package let digest: ContentDigest

  package static let pathLengthMaxBytes = 1024
  /// What file systems take.
  static let segmentLengthMaxBytes = 255
  /// Names at the top that model-signing leaves out of what it hashes, so a manifest that named
  /// them would verify nowhere else. Leave them out of a push.
  package static let ignoredTopNames = [".git", ".gitattributes", ".github", ".gitignore"]

  /// - Throws: `ManifestError.pathInvalid` unless the path is relative, of printable ASCII (so no two
  ///   paths look alike and no normalization joins them), without backslashes, empty segments, `.`
  ///   and `..`.
  package init(path: String, digest: ContentDigest) throws(ManifestError) {
    if let fault = Self.fault(path) { throw .pathInvalid(path: path, fault: fault) }
    self.path = path
    self.digest = digest
  }

  private static func fault(_ path: String) -> String? {
    guard !path.isEmpty else { return "is empty" }
    guard path.utf8.count <= pathLengthMaxBytes else {
      return "is longer than \(pathLengthMaxBytes) bytes"
    }
    guard path.utf8.allSatisfy({ (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }) else {
      return "must hold only printable ASCII characters and no backslash"
    }
    guard !path.hasPrefix("/") else { return "must be relative to the model's folder" }
    let segments = path.split(separator: "/", omittingEmptySubsequences: false)
    for segment in segments {
      if segment.isEmpty { return "must not have an empty segment" }
      if segment == "." || segment == ".." { return "must not have a segment `\(segment)`" }
      if segment.utf8.count > segmentLengthMaxBytes {
        return "has a segment longer than \(segmentLengthMaxBytes) bytes"
      }
    }
    if let top = segments.first, ignoredTopNames.contains(String(top)) {
      return "belongs to git and can't be part of a model"
    }
    return nil
  }
}
