package import RPC
package import Wire

/// A frame that a test has received as bytes.
package struct ReceivedFrame: Sendable {
  package var kind: FrameKind
  package var flags: FrameFlags
  package var stream: UInt32
  package var head: [UInt8]
  /// As it came, and how many bytes it says that it inflates to.
  package var body: [UInt8]
  package var bodyByteCount: Int

  /// The whole frames at the start of `bytes`, without those that are to be skipped.
  package static func all(in bytes: [UInt8]) -> [ReceivedFrame] {
    var rest = bytes[...]
    var frames: [ReceivedFrame] = []
    let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)
    let frameBytesMax = WireLimits.headerByteCount + WireLimits.framePayloadBytesMax
    while true {
      switch Array(rest.prefix(frameBytesMax)).withRawSpan({ decoder.decode($0) }) {
      case .frame(let header, let byteCount):
        let payload = rest.prefix(byteCount).dropFirst(WireLimits.headerByteCount)
        frames.append(ReceivedFrame(header, payload: payload))
        rest = rest.dropFirst(byteCount)
      case .ignorable(let byteCount): rest = rest.dropFirst(byteCount)
      case .incomplete, .malformed: return frames
      }
    }
  }

  private init(_ header: FrameHeader, payload: ArraySlice<UInt8>) {
    kind = header.kind
    flags = header.flags
    stream = header.stream
    head = Array(payload.prefix(header.headByteCount))
    body = Array(payload.dropFirst(header.headByteCount))
    bodyByteCount = header.bodyByteCount
  }

  /// The code and the text of a go-away.
  package var goAway: (code: StatusCode, text: String)? {
    guard kind == .goAway else { return nil }
    let message = head.withRawSpan { try? HandshakeHead(decoding: $0) } ?? HandshakeHead()
    let code = UInt8(exactly: message[integer: 1]).flatMap(StatusCode.init(rawValue:))
    return (code ?? .unknown, message[text: 2])
  }
}

extension ReceivedFrame {
  /// How an end ends its call.
  package var endStatus: StatusCode {
    head.withRawSpan { try? StatusHead.decode($0) }?.code ?? .ok
  }
}
