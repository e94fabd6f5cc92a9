import Foundation

@testable import Trust

/// Keys, files and times that the tests share.
enum Fixture {
  static let now = Timestamp(millisecondsSinceEpoch: 1_795_405_286_000)

  /// The key whose halves are 32 times the byte `number`; the same on every run.
  static func key(_ number: UInt8, _ comment: String = "") throws -> SigningKey {
    let half = [UInt8](repeating: number, count: 32)
    return try SigningKey(seed: half, scalar: half, comment: comment)
  }

  /// The files of the folder that `Golden.upstreamBundle` signs.
  static func files() throws -> [ManifestFile] {
    try [
      ("a.bin", "hello"), ("a/z.bin", "x"), ("model-card.yaml", "name: demo\n"),
      ("sub/b.bin", "world"),
    ].map { try ManifestFile(path: $0.0, digest: ContentDigest(of: Array($0.1.utf8))) }
  }

  static func manifest() throws -> ModelManifest {
    try ModelManifest(modelName: "demo", files: files())
  }

  static func digest(_ text: String) -> ContentDigest {
    ContentDigest(of: Array(text.utf8))
  }

  /// Runs `body` with the path of an empty folder that is removed afterwards.
  static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("slipway-trust-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  static func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}
