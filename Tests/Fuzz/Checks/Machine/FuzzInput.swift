import Wire

/// An input as a sequence of frames: most are whole and of a kind that there is, so that chance gets behind
/// the header.
struct FuzzInput {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) {
    rest = bytes[...]
  }

  var isEmpty: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  mutating func bytes(_ count: Int) -> [UInt8] {
    let taken = Array(rest.prefix(count))
    rest = rest.dropFirst(count)
    return taken
  }

  /// What the next bytes stand for: `FE n` is n bytes as they are, `FD n` is n ms of time, anything else the
  /// kind of a frame, followed by flags, stream, head length and head, body length and body.
  mutating func step() -> FuzzStep {
    let selector = byte()
    switch selector {
    case 0xFE: return .bytes(bytes(Int(byte())))
    case 0xFD: return .time(.milliseconds(Int(byte())))
    case 0xFC: return .writable
    default: return .bytes(frame(Self.kinds[Int(selector) % Self.kinds.count].rawValue))
    }
  }

  private mutating func frame(_ kind: UInt8) -> [UInt8] {
    let flags = byte()
    let stream = UInt32(byte())
    let head = bytes(Int(byte()))
    let bodySelector = byte()
    var body: [UInt8]
    var byteCount: Int
    if bodySelector >= 0xF0 {
      // A long one, without having to say it.
      body = [UInt8](repeating: bodySelector, count: 1 << (Int(bodySelector & 15) + 1))
      byteCount = body.count
    } else {
      body = bytes(Int(bodySelector))
      byteCount = flags & 1 == 0 ? body.count : Int(byte()) << 4
    }
    // The flags that there are, and now and then one that there is not.
    let known = flags & (flags == 0xFF ? 0xFF : 7)
    if body.isEmpty, known & 1 == 0 { byteCount = 0 }
    return Self.header(
      payload: head.count + body.count, body: byteCount, stream: Self.stream(stream),
      head: head.count, kind: kind, flags: known) + head + body
  }

  /// Streams as a client of ours numbers them, and small ones.
  private static func stream(_ number: UInt32) -> UInt32 {
    number & 0x80 == 0 ? number : 1 << 18 | number & 0x7F
  }

  private static func header(
    payload: Int, body: Int, stream: UInt32, head: Int, kind: UInt8, flags: UInt8
  ) -> [UInt8] {
    [UInt8](byteCount: WireLimits.headerByteCount) { output in
      output.appendLittleEndian(UInt32(payload))
      output.appendLittleEndian(UInt32(body))
      output.appendLittleEndian(stream)
      output.appendLittleEndian(UInt16(head))
      output.append(kind)
      output.append(flags)
    }
  }

  private static let kinds: [FrameKind] = [
    .call, .message, .end, .cancel, .credit, .hello, .welcome, .proof, .ready, .ping, .pong,
    .goAway, .assertion,
  ]
}

enum FuzzStep {
  case bytes([UInt8])
  case time(Duration)
  case writable
}
