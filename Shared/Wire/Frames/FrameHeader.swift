/// The 16 bytes before every payload, little-endian:
///
/// | offset | size | field |
/// |---|---|---|
/// | 0 | 4 | payload bytes on the wire: head and body |
/// | 4 | 4 | body bytes after decompression |
/// | 8 | 4 | stream id; 0 is the connection |
/// | 12 | 2 | head bytes, the first of the payload |
/// | 14 | 1 | kind |
/// | 15 | 1 | flags |
package struct FrameHeader: Sendable, Hashable {
  package var payloadByteCount: Int
  package var bodyByteCount: Int
  package var stream: UInt32
  package var headByteCount: Int
  package var kind: FrameKind
  package var flags: FrameFlags

  /// A frame whose body is not compressed.
  @inlinable
  package init(
    kind: FrameKind, flags: FrameFlags = [], stream: UInt32, headByteCount: Int = 0,
    bodyByteCount: Int = 0
  ) {
    self.init(
      kind: kind, flags: flags, stream: stream, headByteCount: headByteCount,
      wireBodyByteCount: bodyByteCount, bodyByteCount: bodyByteCount)
  }

  /// - Parameters:
  ///   - wireBodyByteCount: bytes of the body as sent.
  ///   - bodyByteCount: bytes of the body after decompression.
  @inlinable
  package init(
    kind: FrameKind, flags: FrameFlags, stream: UInt32, headByteCount: Int,
    wireBodyByteCount: Int, bodyByteCount: Int
  ) {
    precondition(headByteCount <= Int(UInt16.max), "a head fits into 16 bits")
    self.payloadByteCount = headByteCount + wireBodyByteCount
    self.bodyByteCount = bodyByteCount
    self.stream = stream
    self.headByteCount = headByteCount
    self.kind = kind
    self.flags = flags
  }

  @inlinable
  @_lifetime(output: copy output)
  package func encode(into output: inout OutputRawSpan) {
    // Two stores instead of six: every frame is written here.
    output.appendLittleEndian(
      UInt64(UInt32(payloadByteCount)) | UInt64(UInt32(bodyByteCount)) << 32)
    let tail = UInt64(headByteCount) | UInt64(kind.rawValue) << 16 | UInt64(flags.rawValue) << 24
    output.appendLittleEndian(UInt64(stream) | tail << 32)
  }
}
