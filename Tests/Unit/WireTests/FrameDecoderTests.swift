import RPCTestKit
import Testing
import Wire

@Suite struct FrameDecoderTests {
  static let broken: [(String, RawFrame, WireError)] = [
    (
      "payload one over the limit", RawFrame(payload: 1025, body: 1025),
      .payloadTooLarge(byteCount: 1025, max: 1024)
    ),
    (
      "the largest payload there is", RawFrame(payload: .max, body: .max),
      .payloadTooLarge(byteCount: 0xFFFF_FFFF, max: 1024)
    ),
    (
      "a head longer than the payload", RawFrame(payload: 3, head: 4),
      .headLongerThanPayload(head: 4, payload: 3)
    ),
    ("an unknown kind", RawFrame(kind: 0x06), .unknownKind(6)),
    ("kind zero", RawFrame(kind: 0), .unknownKind(0)),
    ("an unknown flag", RawFrame(kind: 1, flags: 0x08), .unknownFlags(8)),
    ("every flag", RawFrame(kind: 1, flags: 0xFF), .unknownFlags(0xFF)),
    (
      "an unknown flag on a known control kind", RawFrame(kind: 0x85, flags: 0x80),
      .unknownFlags(0x80)
    ),
    (
      "a body longer than it says", RawFrame(payload: 4, body: 3, kind: 2),
      .bodyLengthMismatch(declared: 3, actual: 4)
    ),
    (
      "a body shorter than it says", RawFrame(payload: 4, body: 5, kind: 2),
      .bodyLengthMismatch(declared: 5, actual: 4)
    ),
    (
      "compressed without a body", RawFrame(payload: 2, body: 9, head: 2, kind: 2, flags: 1),
      .emptyCompressedBody
    ),
    (
      "compressed, and too long inflated", RawFrame(payload: 9, body: 1025, kind: 2, flags: 1),
      .bodyTooLarge(byteCount: 1025, max: 1024)
    ),
    (
      "a bomb", RawFrame(payload: 9, body: .max, kind: 2, flags: 1),
      .bodyTooLarge(byteCount: 0xFFFF_FFFF, max: 1024)
    ),
  ]

  @Test(arguments: broken)
  func `a broken header is known as such from its sixteen bytes alone`(
    name: String, frame: RawFrame, error: WireError
  ) {
    #expect(decode(frame.bytes) == .malformed(error), "\(name)")
    #expect(!error.description.isEmpty)
  }

  @Test func `limits are inclusive`() {
    let payload = RawFrame(
      payload: 1024, body: 1024, kind: 2, rest: [UInt8](repeating: 1, count: 1024))
    guard case .frame(let header, 1040) = decode(payload.bytes) else {
      return #expect(Bool(false), "a payload of exactly the limit was refused")
    }
    #expect(header.bodyByteCount == 1024)
    let inflated = RawFrame(payload: 1, body: 1024, kind: 2, flags: 1, rest: [0])
    guard case .frame(let compressed, 17) = decode(inflated.bytes) else {
      return #expect(Bool(false), "a compressed body of exactly the limit was refused")
    }
    #expect(compressed.bodyByteCount == 1024)
  }

  @Test(arguments: 0..<16)
  func `less than a header asks for a header, whatever it holds`(byteCount: Int) {
    let bytes = [UInt8](repeating: 0xFF, count: byteCount)
    #expect(decode(bytes) == .incomplete(byteCountNeeded: 16))
  }

  @Test(arguments: [0x80, 0x89, 0x90, 0xC0, 0xFF] as [UInt8])
  func `a control frame of an unknown kind is to be skipped, whatever its flags and body say`(
    kind: UInt8
  ) {
    let frame = RawFrame(payload: 3, body: 77, kind: kind, flags: 0xFF, rest: [1, 2, 3])
    #expect(decode(frame.bytes) == .ignorable(byteCount: 19))
    #expect(decode(frame.bytes.dropLast()) == .incomplete(byteCountNeeded: 19))
    let long = RawFrame(payload: 1025, kind: kind)
    #expect(decode(long.bytes) == .malformed(.payloadTooLarge(byteCount: 1025, max: 1024)))
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `a stream of frames reads the same however it is split in two`(seed: UInt64) {
    var chance = Chance(seed: seed)
    var stream: [UInt8] = []
    var headers: [FrameHeader] = []
    for number in 0..<6 as Range<UInt32> {
      let head = chance.bytes(0...9)
      let body = chance.bytes(0...20)
      let header = FrameHeader(
        kind: FrameKind.allCases.randomElement(using: &chance) ?? .call, stream: number,
        headByteCount: head.count, bodyByteCount: body.count)
      headers.append(header)
      stream += encode(header) + head + body
    }
    for split in 0...stream.count {
      var found: [FrameHeader] = []
      let rest = read(Array(stream[..<split]), into: &found)
      let left = read(rest + stream[split...], into: &found)
      #expect(found == headers && left.isEmpty, "seed \(seed), split at \(split)")
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `bytes of chance never make the decoder wait for more than a frame may have`(seed: UInt64) {
    var chance = Chance(seed: seed)
    var bytes = chance.bytes(16...64)
    // Small lengths, so that more than the first check is reached.
    for index in [1, 2, 3, 5, 6, 7, 13] where Bool.random(using: &chance) { bytes[index] = 0 }
    switch decode(bytes) {
    case .incomplete(let needed): #expect(needed > bytes.count && needed <= 16 + 1024)
    case .frame(let header, let byteCount):
      #expect(byteCount <= bytes.count && header.payloadByteCount <= 1024, "seed \(seed)")
    case .ignorable(let byteCount): #expect(byteCount <= bytes.count, "seed \(seed)")
    case .malformed: break
    }
  }

  private func read(_ bytes: [UInt8], into headers: inout [FrameHeader]) -> [UInt8] {
    var rest = bytes
    while case .frame(let header, let byteCount) = decode(rest) {
      headers.append(header)
      rest.removeFirst(byteCount)
    }
    return rest
  }
}
