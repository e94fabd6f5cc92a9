internal import Crypto
internal import Foundation
internal import Trust

/// Hashes files piece by piece: they may be larger than the memory. Blocks.
enum FileDigester {
  static let pieceBytes = 1 << 20

  /// - Throws: `cache`.
  static func digest(of place: URL) throws(LoadError) -> ContentDigest {
    var hash = SHA256()
    try read(place) { piece in hash.update(data: piece) }
    return try digest(hash, of: place)
  }

  /// Hands a file's bytes over in order.
  static func read(
    _ place: URL, _ use: (Data) throws -> Void
  ) throws(LoadError) {
    do {
      let file = try FileHandle(forReadingFrom: place)
      defer { try? file.close() }
      while let piece = try file.read(upToCount: pieceBytes), !piece.isEmpty { try use(piece) }
    } catch {
      throw .cache(path: place.path, reason: error.localizedDescription)
    }
  }

  static func digest(_ hash: SHA256, of place: URL) throws(LoadError) -> ContentDigest {
    guard let digest = ContentDigest(bytes: [UInt8](hash.finalize())) else {
      throw .cache(path: place.path, reason: "its SHA-256 has another length")
    }
    return digest
  }
}
