import RPC
import Wire

/// Holds what a connection writes to what its side may.
final class FuzzSink: FrameSink, @unchecked Sendable {
  private let allowed: Set<FrameKind>
  /// What its side may not send.
  private(set) var wrongKind: FrameKind?
  private(set) var isClosed = false
  /// Something was written after the end.
  private(set) var wroteClosed = false
  /// What was written as bytes is no frame and no preface.
  private(set) var wroteGarbage = false
  private let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)

  init(allowed: Set<FrameKind>) {
    self.allowed = allowed
  }

  func write(_ bytes: [UInt8]) {
    if isClosed { wroteClosed = true }
    if bytes == ProtocolVersion.preface { return }
    guard case .frame(let header, bytes.count) = bytes.withRawSpan({ decoder.decode($0) }) else {
      wroteGarbage = true
      return
    }
    if !allowed.contains(header.kind) { wrongKind = header.kind }
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
