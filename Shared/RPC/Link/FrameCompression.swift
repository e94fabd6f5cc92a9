package import Wire
internal import Synchronization

/// zstd for the connections of one loop, with a context each way that is made on first use.
package final class FrameCompression: Sendable {
  private struct Contexts: ~Copyable {
    var compressor: ZstdCompressor?
    var decompressor: ZstdDecompressor?
  }

  /// Bodies below this size are sent as they are.
  package static let thresholdByteCount = 1024

  private let contexts = Mutex(Contexts())

  package init() {}

  /// One zstd frame of `body`, or `nil` where compression does not pay.
  package func compress(_ body: RawSpan) -> [UInt8]? {
    contexts.withLock { contexts in
      if contexts.compressor == nil { contexts.compressor = ZstdCompressor() }
      return contexts.compressor?.compress(body)
    }
  }

  /// The inflated form of `body`.
  package func decompress(_ body: RawSpan, byteCount: Int) throws(WireError) -> [UInt8] {
    try contexts.withLock { (contexts) throws(WireError) in
      if contexts.decompressor == nil { contexts.decompressor = ZstdDecompressor() }
      guard let decompressor = contexts.decompressor else {
        throw .corruptCompression("there is no memory to inflate it")
      }
      return try decompressor.decompress(body, byteCount: byteCount) { $0.array() }
    }
  }
}
