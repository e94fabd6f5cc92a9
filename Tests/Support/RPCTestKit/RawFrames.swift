package import RPC
package import Wire

/// Frames as bytes, for tests that send what a client of ours would not.
package enum RawFrames {
  package static func frame(
    _ kind: FrameKind, flags: FrameFlags = [], stream: UInt32 = 0, head: [UInt8] = [],
    body: [UInt8] = [], inflated: Int? = nil
  ) -> [UInt8] {
    let header = FrameHeader(
      kind: kind, flags: flags, stream: stream, headByteCount: head.count,
      wireBodyByteCount: body.count, bodyByteCount: inflated ?? body.count)
    return [UInt8](byteCount: WireLimits.headerByteCount) { header.encode(into: &$0) } + head + body
  }

  /// A call of a method of the test service.
  package static func call(
    _ method: Method<Blob, Blob>, of service: TestService, stream: UInt32,
    flags: FrameFlags = .end, timeoutNanoseconds: UInt64 = 0,
    metadata: CallMetadata = CallMetadata(), body: [UInt8] = [120], inflated: Int? = nil
  ) -> [UInt8] {
    let names = service.router.descriptors.map(\.name)
    let number = UInt32(names.firstIndex(of: method.descriptor.name) ?? 9_999)
    let head = OutgoingCallHead(
      method: number, timeoutNanoseconds: timeoutNanoseconds,
      assertionSlot: metadata.assertionSlot)
    return frame(
      .call, flags: flags, stream: stream, head: head.encoded(metadata), body: body,
      inflated: inflated)
  }

  package static func head(_ fields: [UInt8: [UInt8]], integers: [UInt8: UInt64] = [:]) -> [UInt8] {
    var head = HandshakeHead()
    for (field, value) in integers { head[integer: field] = value }
    for (field, value) in fields { head[bytes: field] = value }
    return head.encoded()
  }

  package static let preface = ProtocolVersion.preface

  /// A hello that every server takes, with what a test changes.
  package static func hello(
    version: UInt64 = 1, versionMin: UInt64 = 1, role: String = "client",
    nonceByteCount: Int = 32, frameBytesMax: UInt64 = 1 << 20, capabilities: UInt64 = 1,
    credit: UInt64 = 0
  ) -> [UInt8] {
    frame(
      .hello,
      head: head(
        [4: Array(role.utf8), 5: [UInt8](repeating: 9, count: nonceByteCount)],
        integers: [
          1: version, 2: versionMin, 3: capabilities, 6: frameBytesMax, 7: credit, 8: credit,
        ]))
  }

  package static func proof(_ key: String) -> [UInt8] {
    frame(.proof, head: head([2: Array(key.utf8)]))
  }
}
