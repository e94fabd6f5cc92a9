import Wire

/// Frames as bytes, made field by field so that wrong ones can be made too.
struct RawFrame {
  var payload: UInt32 = 0
  var body: UInt32 = 0
  var stream: UInt32 = 0
  var head: UInt16 = 0
  var kind: UInt8 = 0x85
  var flags: UInt8 = 0
  var rest: [UInt8] = []

  var bytes: [UInt8] {
    little(payload) + little(body) + little(stream) + little(head) + [kind, flags] + rest
  }

  private func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<(Number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

func decode(_ bytes: [UInt8], payloadBytesMax: Int = 1024) -> FrameDecoding {
  let decoder = FrameDecoder(payloadBytesMax: payloadBytesMax)
  return bytes.withRawSpan { decoder.decode($0) }
}

func encode(_ header: FrameHeader) -> [UInt8] {
  [UInt8](byteCount: WireLimits.headerByteCount) { header.encode(into: &$0) }
}
