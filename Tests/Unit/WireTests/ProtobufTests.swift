import RPCTestKit
import Testing
import Wire

@Suite struct ProtobufTests {
  private enum Field: Equatable {
    case integer(UInt64, UInt64)
    case bytes(UInt64, [UInt8])
  }

  private func fields(_ bytes: [UInt8]) throws(ProtobufError) -> [Field] {
    try bytes.withRawSpan { span throws(ProtobufError) in
      var reader = ProtobufReader(span)
      var fields: [Field] = []
      while let (number, value) = try reader.next() {
        switch value {
        case .integer(let integer): fields.append(.integer(number, integer))
        case .bytes(let range): fields.append(.bytes(number, span.extracting(range).array()))
        }
      }
      return fields
    }
  }

  @Test(arguments: [
    [0x08], [0x08, 0x80], [0x08] + [UInt8](repeating: 0xFF, count: 10), [0x00, 0x01],
    [0x0A, 0x05, 1, 2], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
    [0x0B], [0x0C], [0x0D, 1, 2, 3], [0x09, 1, 2, 3, 4, 5, 6, 7], [0x0E], [0x0F],
    [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
  ])
  func `bytes that are no message are refused`(bytes: [UInt8]) {
    #expect(throws: ProtobufError.self) { try fields(bytes) }
  }

  @Test func `every wire type but groups is read`() throws {
    let bytes: [UInt8] = [
      0x08, 0x96, 0x01, 0x12, 0x02, 0x68, 0x69, 0x1D, 1, 0, 0, 0, 0x21, 2, 0, 0, 0, 0, 0, 0, 0,
      0xFA, 0x01, 0x00,
    ]
    #expect(
      try fields(bytes) == [
        .integer(1, 150), .bytes(2, [0x68, 0x69]), .integer(3, 1), .integer(4, 2), .bytes(31, []),
      ])
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `what is written is read, and is as long as it was said to be`(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    let integer: UInt64 = chance.number()
    let bytes = chance.bytes(0...300)
    let byteCount =
      ProtobufWriter.byteCount(integer) + ProtobufWriter.byteCount(bytes: bytes.count)
    let written = [UInt8](byteCount: byteCount) { output in
      ProtobufWriter.write(integer, field: 3, into: &output)
      ProtobufWriter.write(bytes, field: 15, into: &output)
    }
    #expect(written.count == byteCount, "seed \(seed)")
    var expected: [Field] = []
    if integer != 0 { expected.append(.integer(3, integer)) }
    if !bytes.isEmpty { expected.append(.bytes(15, bytes)) }
    #expect(try fields(written) == expected, "seed \(seed)")
  }

  @Test func `a varint is as long as protobuf says at every edge`() {
    for bits in 1...64 as ClosedRange<UInt64> {
      let value = bits == 64 ? UInt64.max : (1 << bits) - 1
      #expect(ProtobufWriter.varintByteCount(value) == Int((bits + 6) / 7), "\(bits) bits")
    }
    #expect(ProtobufWriter.varintByteCount(0) == 1)
  }

  @Test func `text with a NUL or that is not UTF-8 is no text`() {
    #expect(Array("héé🦉".utf8).withRawSpan { $0.text() } == "héé🦉")
    #expect([0x61, 0x00].withRawSpan { $0.text() } == nil)
    #expect([0xC3].withRawSpan { $0.text() } == nil)
    #expect([].withRawSpan { $0.text() }?.isEmpty == true)
  }
}
