import Contracts
import Crypto
import Foundation
import Trust

/// What a push must bring, as far as it can be told before a byte of a file is there.
enum PushRule {
  /// - Throws: `invalid` with the file and what was expected.
  static func check(
    _ request: Registry.BeginPushRequest, limits: RegistryLimits
  ) throws(RegistryError) {
    try NameRule.checkModel(request.model)
    guard request.files.count <= limits.filesMax else {
      throw .invalid("\(request.files.count) files: expected at most \(limits.filesMax)")
    }
    guard request.manifestBundle.count <= limits.manifestBytesMax else {
      throw .invalid(
        "the manifest has \(request.manifestBundle.count) bytes: "
          + "expected at most \(limits.manifestBytesMax)")
    }
    let lineage = request.lineage ?? Registry.Lineage()
    guard max(lineage.data.utf8.count, lineage.commit.utf8.count) <= limits.reasonBytesMax else {
      throw .invalid("the lineage is too long: expected at most \(limits.reasonBytesMax) bytes")
    }
    try checkSizes(request.files, limits: limits)
    try require(ModelCard.path, in: request.files, bytesMax: limits.cardBytesMax)
    try require(SignatureDocument.path, in: request.files, bytesMax: limits.signatureBytesMax)
    if request.files.contains(where: { $0.path == ProbeDocument.path }) {
      try require(ProbeDocument.path, in: request.files, bytesMax: limits.probeBytesMax)
    }
  }

  /// The id of a push: the same for the same person, model and manifest, so that beginning again is
  /// resuming.
  static func id(model: String, manifestDigest: ContentDigest, author: Author) -> String {
    var hash = SHA256()
    for part in ["slipway push", model, manifestDigest.hex, author.name] {
      hash.update(data: Data("\(part.utf8.count):\(part)".utf8))
    }
    let digest = ContentDigest(bytes: Array(hash.finalize()))
    return String((digest?.hex ?? "").prefix(32))
  }

  private static func checkSizes(
    _ files: [Registry.FileEntry], limits: RegistryLimits
  ) throws(RegistryError) {
    var sum: UInt64 = 0
    var sizes: [[UInt8]: UInt64] = [:]
    for file in files {
      let (next, overflows) = sum.addingReportingOverflow(file.byteCount)
      guard !overflows, next <= limits.versionBytesMax else {
        throw .invalid("the files are too large: expected at most \(limits.versionBytesMax) bytes")
      }
      sum = next
      guard
        sizes.updateValue(file.byteCount, forKey: file.sha256) ?? file.byteCount
          == file.byteCount
      else {
        throw .invalid(
          "file `\(NameRule.excerpt(file.path))` has the digest of another file "
            + "but another size: expected both the same")
      }
    }
  }

  private static func require(
    _ path: String, in files: [Registry.FileEntry], bytesMax: Int
  ) throws(RegistryError) {
    guard let file = files.first(where: { $0.path == path }) else {
      throw .invalid("file `\(path)` is missing: every version has one")
    }
    guard file.byteCount <= UInt64(bytesMax) else {
      throw .invalid("file `\(path)` has \(file.byteCount) bytes: expected at most \(bytesMax)")
    }
  }
}
