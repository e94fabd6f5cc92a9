package import Trust

/// One file of a version, as its signed manifest names it.
package struct VersionFile: Sendable, Hashable {
  /// Relative, with `/`; safe to append to a folder.
  package let path: String
  package let digest: ContentDigest
  /// As the registry says; the digest proves the bytes, not this.
  package let byteCount: UInt64

  package init(path: String, digest: ContentDigest, byteCount: UInt64) {
    self.path = path
    self.digest = digest
    self.byteCount = byteCount
  }
}
