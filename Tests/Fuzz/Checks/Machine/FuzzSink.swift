import RPC
import Wire

/// Keeps what a connection writes, as frames.
final class FuzzSink: FrameSink, @unchecked Sendable {
  private(set) var frames: [FrameHeader] = []
  private(set) var isClosed = false
  /// Something was written after the end.
  private(set) var wroteClosed = false
  /// What was written as bytes is no frame and no preface.
  private(set) var wroteGarbage = false
  private let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)

  func write(_ bytes: [UInt8]) {
    if isClosed { wroteClosed = true }
    if bytes == ProtocolVersion.preface { return }
    guard case .frame(let header, bytes.count) = bytes.withRawSpan({ decoder.decode($0) }) else {
      wroteGarbage = true
      return
    }
    frames.append(header)
  }

  func write(_ header: FrameHeader, _ fillPayload: (inout OutputRawSpan) -> Void) {
    write(
      [UInt8](byteCount: WireLimits.headerByteCount + header.payloadByteCount) { output in
        header.encode(into: &output)
        fillPayload(&output)
      })
  }

  var bufferedByteCount: Int { 0 }

  func flush() {}

  func close() { isClosed = true }
}
