package import RPC
package import Wire

/// A frame that a test has received as bytes.
package struct ReceivedFrame: Sendable {
  package var kind: FrameKind
  package var stream: UInt32
  package var head: [UInt8]
  package var body: [UInt8]

  /// The whole frames at the start of `bytes`.
  package static func all(in bytes: [UInt8]) -> [ReceivedFrame] {
    var rest = bytes[...]
    var frames: [ReceivedFrame] = []
    let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)
    while case .frame(let header, let byteCount) = Array(
      rest.prefix(WireLimits.headerByteCount + WireLimits.framePayloadBytesMax)
    ).withRawSpan({ decoder.decode($0) }) {
      let payload = rest.prefix(byteCount).dropFirst(WireLimits.headerByteCount)
      frames.append(
        ReceivedFrame(
          kind: header.kind, stream: header.stream,
          head: Array(payload.prefix(header.headByteCount)),
          body: Array(payload.dropFirst(header.headByteCount))))
      rest = rest.dropFirst(byteCount)
    }
    return frames
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
