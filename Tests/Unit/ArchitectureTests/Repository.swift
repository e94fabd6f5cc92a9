import Foundation

/// The working tree that these tests were built from.
struct Repository {
  /// Larger files are models and other bytes, not text that somebody wrote.
  private static let textBytesMax = 1_000_000

  let root: URL
  /// Every file but hidden ones and what lies in hidden folders (builds, caches, git), sorted,
  /// relative to the root.
  let files: [String]

  init(source: String = #filePath) throws {
    var root = URL(filePath: source)
    while !FileManager.default.fileExists(atPath: root.appending(path: "LICENSE").path) {
      guard root.path != "/" else { throw CocoaError(.fileNoSuchFile) }
      root.deleteLastPathComponent()
    }
    self.root = root
    var files: [String] = []
    try Self.walk(root, prefix: "", into: &files)
    self.files = files.sorted()
  }

  var topLevel: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: root.path) }
  }

  /// The Swift sources under Services, Shared and Tests.
  var sources: [String] {
    files.filter { $0.hasSuffix(".swift") && $0 != "Package.swift" }
  }

  var scripts: [String] {
    files.filter { $0.hasPrefix("scripts/") && $0.split(separator: "/").count == 2 } + [".ci/run"]
  }

  /// Names of the decision records.
  var decisions: [String] {
    let folder = "Shared/Docs/decisions/"
    return files.filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }
  }

  func text(of file: String) throws -> String {
    try String(contentsOf: root.appending(path: file), encoding: .utf8)
  }

  /// `nil` for what is not text.
  func textIfAny(of file: String) throws -> String? {
    let bytes = try Data(contentsOf: root.appending(path: file))
    return bytes.count <= Self.textBytesMax ? String(validating: bytes, as: UTF8.self) : nil
  }

  private static func walk(_ folder: URL, prefix: String, into files: inout [String]) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      if name.hasPrefix(".") || name == "__pycache__" { continue }
      let url = folder.appending(path: name)
      let type = try url.resourceValues(forKeys: [.isDirectoryKey, .isSymbolicLinkKey])
      if type.isSymbolicLink == true { continue }
      if type.isDirectory == true {
        try walk(url, prefix: prefix + name + "/", into: &files)
      } else {
        files.append(prefix + name)
      }
    }
  }
}
