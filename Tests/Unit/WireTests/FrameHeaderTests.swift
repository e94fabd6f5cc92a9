import RPCTestKit
import Testing
import Wire

@Suite struct FrameHeaderTests {
  @Test func `a header is sixteen little-endian bytes in the documented order`() {
    let header = FrameHeader(
      kind: .call, flags: [.compressed, .end], stream: 0x0403_0201, headByteCount: 0x0102,
      wireBodyByteCount: 0x10, bodyByteCount: 0x0102_0304)
    #expect(
      encode(header) == [
        0x12, 0x01, 0, 0, 0x04, 0x03, 0x02, 0x01, 0x01, 0x02, 0x03, 0x04, 0x02, 0x01, 0x01, 0x05,
      ])
  }

  @Test(arguments: 0..<64 as Range<UInt64>)
  func `every header decodes to itself`(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    let head = Int.random(in: 0...300, using: &chance)
    let body = Int.random(in: 0...300, using: &chance)
    let kind = try #require(FrameKind.allCases.randomElement(using: &chance))
    let compressed = body > 0 && Bool.random(using: &chance)
    var flags: FrameFlags = Bool.random(using: &chance) ? [.more] : []
    if Bool.random(using: &chance) { flags.insert(.end) }
    if compressed { flags.insert(.compressed) }
    let header = FrameHeader(
      kind: kind, flags: flags, stream: chance.number(), headByteCount: head,
      wireBodyByteCount: body, bodyByteCount: compressed ? 1000 : body)
    let bytes = encode(header) + [UInt8](repeating: 7, count: head + body + 5)
    #expect(
      decode(bytes) == .frame(header, byteCount: 16 + head + body), "seed \(seed)")
  }

  @Test func `kinds of connections have the control bit and kinds of streams do not`() {
    for kind in FrameKind.allCases {
      let isControl = kind.rawValue & FrameKind.controlBit != 0
      let ofStreams: Set<FrameKind> = [.call, .message, .end, .cancel, .credit]
      #expect(isControl != ofStreams.contains(kind), "\(kind)")
    }
  }
}
