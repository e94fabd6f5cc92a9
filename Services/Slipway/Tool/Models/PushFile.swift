internal import Crypto
internal import Foundation
internal import Trust

/// One file of a push: where it will stand in the version and where its bytes are now.
struct PushFile: Sendable, Hashable {
  enum Source: Sendable, Hashable {
    case file(String)
    case bytes([UInt8])
  }

  /// Bytes read at a time, and the most that one chunk carries.
  static let chunkBytesMax = 1 << 20

  var path: String
  var source: Source
  var byteCount: UInt64
  var digest: ContentDigest

  init(path: String, bytes: [UInt8]) {
    self.path = path
    source = .bytes(bytes)
    byteCount = UInt64(bytes.count)
    digest = ContentDigest(of: bytes)
  }

  /// Reads the file once, a chunk at a time.
  init(path: String, file: String) throws(ToolError) {
    self.path = path
    source = .file(file)
    var hash = SHA256()
    var count: UInt64 = 0
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
      defer { try? handle.close() }
      while let chunk = try handle.read(upToCount: Self.chunkBytesMax), !chunk.isEmpty {
        hash.update(data: chunk)
        count += UInt64(chunk.count)
      }
    } catch {
      throw Self.unreadable(file)
    }
    byteCount = count
    guard let digest = ContentDigest(bytes: Array(hash.finalize())) else {
      throw Self.unreadable(file)
    }
    self.digest = digest
  }

  /// At most one chunk from `offset` on.
  func chunk(at offset: UInt64) throws(ToolError) -> [UInt8] {
    switch source {
    case .bytes(let bytes):
      return Array(bytes.dropFirst(Int(offset)).prefix(Self.chunkBytesMax))
    case .file(let file):
      do {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
        defer { try? handle.close() }
        try handle.seek(toOffset: offset)
        return [UInt8](try handle.read(upToCount: Self.chunkBytesMax) ?? Data())
      } catch {
        throw Self.unreadable(file)
      }
    }
  }

  private static func unreadable(_ file: String) -> ToolError {
    ToolError(.notFound, "`\(file)` is not there or can't be read: expected a file of the model")
  }
}
