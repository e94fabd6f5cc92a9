import Foundation

/// A folder of one test, removed with it.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "registry-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Paths of all plain files below `folder`, relative to it.
  func files(under folder: String) -> [String] {
    let root = "\(path)/\(folder)"
    let entries = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return entries.filter { entry in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(entry)")
      return attributes?[.type] as? FileAttributeType == .typeRegular
    }.sorted()
  }
}
