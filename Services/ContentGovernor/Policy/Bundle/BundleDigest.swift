internal import Crypto

/// What a bundle's digest is of: each file's path, length and content, by path.
enum BundleDigest {
  static func digest(of files: [BundleFile]) -> String {
    var hash = SHA256()
    for file in files.sorted(by: {
      Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8))
    }) {
      hash.update(data: Array("\(file.path.utf8.count) \(file.content.count)\n\(file.path)".utf8))
      hash.update(data: file.content)
    }
    return "sha256:" + hex(hash.finalize())
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
