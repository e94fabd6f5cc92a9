internal import SystemPackage

/// A new file that only its owner can read, from the moment it is there.
enum SecretFile {
  /// - Returns: whether it could be made; never over something that has the name.
  static func create(_ path: String, _ text: String) -> Bool {
    guard
      let file = try? FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: [.ownerReadWrite])
    else { return false }
    do {
      try file.closeAfter { _ = try file.writeAll(text.utf8) }
      return true
    } catch {
      return false
    }
  }
}
