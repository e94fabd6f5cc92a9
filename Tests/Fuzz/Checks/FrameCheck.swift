import RPC
import Wire

/// Reads the input as a connection's bytes, frame after frame.
enum FrameCheck {
  static func violation(in bytes: [UInt8]) -> String? {
    let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)
    var rest = bytes[...]
    while true {
      switch decoding(of: rest, by: decoder) {
      case .incomplete(let needed):
        return needed > rest.count
          ? nil : "\(rest.count) bytes are called incomplete, though \(needed) are enough"
      case .malformed:
        return nil
      case .ignorable(let byteCount):
        if let violation = violation(byteCount: byteCount, of: rest, by: decoder) {
          return violation
        }
        rest = rest.dropFirst(byteCount)
      case .frame(let header, let byteCount):
        if let violation = violation(byteCount: byteCount, of: rest, by: decoder) {
          return violation
        }
        read(rest.prefix(byteCount), under: header)
        rest = rest.dropFirst(byteCount)
      }
    }
  }

  private static func decoding(of bytes: ArraySlice<UInt8>, by decoder: FrameDecoder)
    -> FrameDecoding
  {
    Array(bytes).withRawSpan { decoder.decode($0) }
  }

  /// A whole frame lies within its bytes, and each of its beginnings is incomplete.
  private static func violation(
    byteCount: Int, of bytes: ArraySlice<UInt8>, by decoder: FrameDecoder
  ) -> String? {
    guard (WireLimits.headerByteCount...bytes.count).contains(byteCount) else {
      return "a frame of \(byteCount) bytes in \(bytes.count)"
    }
    for cut in [0, WireLimits.headerByteCount - 1, WireLimits.headerByteCount, byteCount - 1]
    where cut < byteCount {
      guard case .incomplete(let needed) = decoding(of: bytes.prefix(cut), by: decoder),
        needed > cut, needed <= byteCount
      else { return "\(cut) of a frame's \(byteCount) bytes are not called incomplete" }
    }
    return nil
  }

  /// Whatever the frame holds, reading it ends in a value or an error.
  private static func read(_ frame: ArraySlice<UInt8>, under header: FrameHeader) {
    let payload = frame.dropFirst(WireLimits.headerByteCount)
    let head = Array(payload.prefix(header.headByteCount))
    _ = try? head.withRawSpan { (span) throws(ProtobufError) in try CallHead(decoding: span) }
    _ = try? head.withRawSpan { (span) throws(ProtobufError) in try StatusHead.decode(span) }
    guard header.flags.contains(.compressed), let decompressor = ZstdDecompressor() else { return }
    let body = Array(payload.dropFirst(header.headByteCount))
    _ = try? body.withRawSpan { (span) throws(WireError) in
      try decompressor.decompress(span, byteCount: header.bodyByteCount) { $0.byteCount }
    }
  }
}
