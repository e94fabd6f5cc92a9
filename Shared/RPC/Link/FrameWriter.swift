internal import Wire

/// Writes a message as frames: compressed where that pays, and in parts where it is longer than the peer
/// takes at once.
enum FrameWriter {
  /// - Parameters:
  ///   - headByteCount: bytes that `fillHead` writes. They go before the body of the first frame, or of
  ///     the last where the kind is `end`, and never are compressed.
  ///   - byteCount: bytes that `fill` writes.
  ///   - frameBytesMax: the peer's limit for a payload.
  static func write(
    _ kind: FrameKind, flags: FrameFlags, stream: UInt32, headByteCount: Int = 0,
    fillHead: (inout OutputRawSpan) -> Void = { _ in }, byteCount: Int, frameBytesMax: Int,
    compression: inout CompressionPolicy, on loop: any ConnectionLoop, to sink: CreditedSink,
    _ fill: (inout OutputRawSpan) -> Void
  ) {
    let fits = headByteCount + byteCount <= frameBytesMax
    if fits, !compression.shouldTry(byteCount: byteCount) {
      let header = FrameHeader(
        kind: kind, flags: flags, stream: stream, headByteCount: headByteCount,
        bodyByteCount: byteCount)
      sink.write(header) { output in
        fillHead(&output)
        fill(&output)
      }
      return
    }
    let head = [UInt8](byteCount: headByteCount, fillHead)
    let body = [UInt8](byteCount: byteCount, fill)
    body.withRawSpan { body in
      if fits {
        writePart(
          kind, flags: flags, stream: stream, head: head, body: body, compression: &compression,
          on: loop, to: sink)
      } else {
        writeParts(
          kind, flags: flags, stream: stream, head: head, body: body,
          frameBytesMax: frameBytesMax, compression: &compression, on: loop, to: sink)
      }
    }
  }

  /// Passes a frame of another connection on: as it came where the peer takes it like that, otherwise
  /// inflated or in parts.
  ///
  /// The frame that came may be as long as the *other* peer's limit allows, its new head may be longer
  /// than the old one, and this peer may not have agreed to zstd.
  ///
  /// - Throws: ``WireError`` for a body that had to be inflated and can't be; nothing is written then.
  static func forward(
    _ kind: FrameKind, flags: FrameFlags, stream: UInt32, head: [UInt8], bodyByteCount: Int,
    body: RawSpan, agreed: ConnectionSettings, on loop: any ConnectionLoop, to sink: CreditedSink
  ) throws(WireError) {
    let isCompressed = flags.contains(.compressed)
    let fits =
      head.count + body.byteCount <= agreed.frameBytesMax
      && bodyByteCount <= agreed.frameBytesMax
    if fits, !isCompressed || agreed.capabilities.contains(.zstd) {
      return writePart(
        kind, flags: flags, stream: stream, head: head, body: body, byteCount: bodyByteCount,
        to: sink)
    }
    var compression = CompressionPolicy(isAllowed: false)
    let flags = flags.subtracting(.compressed)
    let inflated =
      isCompressed
      ? try loop.compression.decompress(body, byteCount: bodyByteCount) : body.array()
    inflated.withRawSpan { body in
      write(
        kind, flags: flags, stream: stream, headByteCount: head.count,
        fillHead: { output in head.withRawSpan { output.append(contentsOf: $0) } },
        byteCount: body.byteCount, frameBytesMax: agreed.frameBytesMax, compression: &compression,
        on: loop, to: sink
      ) { $0.append(contentsOf: body) }
    }
  }

  /// A message in parts goes as message frames that say `more`; a call starts with its own kind, a reply
  /// ends with it.
  private static func writeParts(
    _ kind: FrameKind, flags: FrameFlags, stream: UInt32, head: [UInt8], body: RawSpan,
    frameBytesMax: Int, compression: inout CompressionPolicy, on loop: any ConnectionLoop,
    to sink: CreditedSink
  ) {
    var offset = 0
    while offset < body.byteCount {
      let isFirst = offset == 0
      let roomBytes = frameBytesMax - (isFirst || kind == .end ? head.count : 0)
      let end = min(body.byteCount, offset + roomBytes)
      let isLast = end == body.byteCount
      let partHead = (kind == .end ? isLast : isFirst) ? head : []
      let partKind: FrameKind =
        (isFirst && kind == .call) || (isLast && kind == .end) ? kind : .message
      let partFlags = isLast ? flags : flags.subtracting(.end).union(.more)
      writePart(
        partKind, flags: partFlags, stream: stream, head: partHead,
        body: body.extracting(offset..<end), compression: &compression, on: loop,
        to: sink)
      offset = end
    }
  }

  private static func writePart(
    _ kind: FrameKind, flags: FrameFlags, stream: UInt32, head: [UInt8], body: RawSpan,
    compression: inout CompressionPolicy, on loop: any ConnectionLoop, to sink: CreditedSink
  ) {
    guard compression.shouldTry(byteCount: body.byteCount) else {
      return writePart(
        kind, flags: flags, stream: stream, head: head, body: body, byteCount: body.byteCount,
        to: sink)
    }
    let compressed = loop.compression.compress(body)
    compression.tried(paid: compressed != nil)
    guard let compressed else {
      return writePart(
        kind, flags: flags, stream: stream, head: head, body: body, byteCount: body.byteCount,
        to: sink)
    }
    compressed.withRawSpan {
      writePart(
        kind, flags: flags.union(.compressed), stream: stream, head: head, body: $0,
        byteCount: body.byteCount, to: sink)
    }
  }

  private static func writePart(
    _ kind: FrameKind, flags: FrameFlags, stream: UInt32, head: [UInt8], body: RawSpan,
    byteCount: Int, to sink: CreditedSink
  ) {
    let header = FrameHeader(
      kind: kind, flags: flags, stream: stream, headByteCount: head.count,
      wireBodyByteCount: body.byteCount, bodyByteCount: byteCount)
    sink.write(header) { output in
      head.withRawSpan { output.append(contentsOf: $0) }
      output.append(contentsOf: body)
    }
  }
}
