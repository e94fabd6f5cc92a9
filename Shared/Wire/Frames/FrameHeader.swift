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

  @_lifetime(output: copy output)
  package func encode(into output: inout OutputRawSpan) {
    output.appendLittleEndian(UInt32(payloadByteCount))
    output.appendLittleEndian(UInt32(bodyByteCount))
    output.appendLittleEndian(stream)
    output.appendLittleEndian(UInt16(headByteCount))
    output.append(kind.rawValue)
    output.append(flags.rawValue)
  }
}
