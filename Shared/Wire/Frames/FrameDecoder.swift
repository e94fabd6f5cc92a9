/// What the front of a read buffer is.
package enum FrameDecoding: Sendable, Hashable {
  /// A whole frame of `byteCount` bytes, header included.
  case frame(FrameHeader, byteCount: Int)
  /// A whole control frame of a kind that this release does not know: to be skipped.
  case ignorable(byteCount: Int)
  /// Too short. Nothing can be said before `byteCountNeeded` bytes are there.
  case incomplete(byteCountNeeded: Int)
  /// Broken: no number of further bytes mends it.
  case malformed(WireError)
}

/// Tells whole, incomplete and broken frames apart, looking at nothing but the fixed header.
///
/// Every length is held against its limit before a byte behind the header is awaited, so a peer can
/// neither make us wait for what can't come nor make us keep more than one frame.
package struct FrameDecoder: Sendable {
  package var payloadBytesMax: Int

  package init(payloadBytesMax: Int) {
    self.payloadBytesMax = payloadBytesMax
  }

  package func decode(_ bytes: RawSpan) -> FrameDecoding {
    guard bytes.byteCount >= WireLimits.headerByteCount else {
      return .incomplete(byteCountNeeded: WireLimits.headerByteCount)
    }
    let payload = Int(bytes.littleEndian(at: 0, as: UInt32.self))
    let body = Int(bytes.littleEndian(at: 4, as: UInt32.self))
    let head = Int(bytes.littleEndian(at: 12, as: UInt16.self))
    let rawKind = bytes.byte(at: 14)
    let flags = FrameFlags(rawValue: bytes.byte(at: 15))

    guard payload <= payloadBytesMax else {
      return .malformed(.payloadTooLarge(byteCount: payload, max: payloadBytesMax))
    }
    guard head <= payload else {
      return .malformed(.headLongerThanPayload(head: head, payload: payload))
    }
    let total = WireLimits.headerByteCount + payload
    guard let kind = FrameKind(rawValue: rawKind) else {
      guard rawKind & FrameKind.controlBit != 0 else { return .malformed(.unknownKind(rawKind)) }
      return bytes.byteCount >= total
        ? .ignorable(byteCount: total) : .incomplete(byteCountNeeded: total)
    }
    guard flags.subtracting(.known).rawValue == 0 else {
      return .malformed(.unknownFlags(flags.rawValue))
    }
    if flags.contains(.compressed) {
      guard payload > head else { return .malformed(.emptyCompressedBody) }
      guard body <= payloadBytesMax else {
        return .malformed(.bodyTooLarge(byteCount: body, max: payloadBytesMax))
      }
    } else if body != payload - head {
      return .malformed(.bodyLengthMismatch(declared: body, actual: payload - head))
    }
    guard bytes.byteCount >= total else { return .incomplete(byteCountNeeded: total) }
    let header = FrameHeader(
      kind: kind, flags: flags, stream: bytes.littleEndian(at: 8, as: UInt32.self),
      headByteCount: head, wireBodyByteCount: payload - head, bodyByteCount: body)
    return .frame(header, byteCount: total)
  }
}
