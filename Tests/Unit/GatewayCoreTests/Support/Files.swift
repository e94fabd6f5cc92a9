import Foundation

/// Every file of a folder with its content and the bits of its mode.
func filesIn(_ folder: URL) throws -> [(name: String, content: [UInt8], mode: Int)] {
  try FileManager.default.contentsOfDirectory(atPath: folder.path).map { name in
    let path = folder.appendingPathComponent(name).path
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    return (name, [UInt8](FileManager.default.contents(atPath: path) ?? Data()), mode & 0o777)
  }
}
