import Wire

/// Splits what passes through a pipe into frames, for the referees of both sides.
final class FrameTap {
  private let written: (FrameHeader, RawSpan) -> Void
  /// Before the reading side sees the frame, and behind.
  private let arriving: (FrameHeader, RawSpan) -> Void
  private let took: (FrameHeader) -> Void
  private var partial: [UInt8] = []
  private var whole: [FrameHeader] = []
  private var hasPreface: Bool
  private let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)

  init(
    hasPreface: Bool, written: @escaping (FrameHeader, RawSpan) -> Void,
    arriving: @escaping (FrameHeader, RawSpan) -> Void, took: @escaping (FrameHeader) -> Void
  ) {
    self.hasPreface = hasPreface
    self.written = written
    self.arriving = arriving
    self.took = took
  }

  func written(_ bytes: [UInt8]) {
    bytes.withRawSpan { span in
      if case .frame(let header, let byteCount) = decoder.decode(span) {
        written(header, span.extracting(WireLimits.headerByteCount..<byteCount))
      }
    }
  }

  func arriving(_ bytes: ArraySlice<UInt8>) {
    partial += bytes
    if hasPreface {
      guard partial.count >= 8 else { return }
      hasPreface = false
      partial.removeFirst(8)
    }
    var used = 0
    partial.withRawSpan { span in
      while used < span.byteCount {
        let rest = span.extracting(used..<span.byteCount)
        guard case .frame(let header, let byteCount) = decoder.decode(rest) else { return }
        arriving(header, rest.extracting(WireLimits.headerByteCount..<byteCount))
        whole.append(header)
        used += byteCount
      }
    }
    partial.removeFirst(used)
    // Nothing came with it that could have been answered first.
    if whole.count == 1, whole[0].kind == .cancel { arrived() }
  }

  func arrived() {
    for header in whole { took(header) }
    whole = []
  }
}
