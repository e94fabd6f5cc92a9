import Contracts
import Testing

@testable import MonitorCore

struct RecordRowsTests {
  private static func rows(
    _ inputs: [(String, String, [Int64], [UInt8])],
    outputs: [(String, String, [Int64], [UInt8])] = [], limits: MonitorLimits = MonitorLimits()
  ) -> RecordRows? {
    RecordRows(
      request: .init(
        inputs: inputs.map { .init(name: $0.0, datatype: $0.1, shape: $0.2) },
        rawInputContents: inputs.map(\.3)),
      response: .init(
        outputs: outputs.map { .init(name: $0.0, datatype: $0.1, shape: $0.2) },
        rawOutputContents: outputs.map(\.3)),
      limits: limits)
  }

  private static func floats(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
    }
  }

  @Test func `a batch gives a row for each, a tensor a column for each element`() throws {
    let rows = try #require(
      Self.rows(
        [("x", "FP32", [2, 2], Self.floats([1, 2, 3, 4])), ("n", "INT8", [2], [0xFF, 3])],
        outputs: [("p", "FP32", [2, 2], Self.floats([0.1, 0.9, 0.75, 0.25]))]))
    #expect(rows.rowCount == 2)
    #expect(rows.columns.map(\.name) == ["x[0]", "x[1]", "n", "p[0]", "p[1]", "p.top"])
    #expect(rows.numbers[0..<3] == [1, 2, -1])
    #expect(rows.numbers[5..<8] == [3, 4, 3])
    #expect(rows.texts == ["1", "0"])
    #expect(rows.columns.map(\.role).suffix(3) == ["output", "output", "output"])
  }

  @Test func `long tensors are summarized`() throws {
    let rows = try #require(
      Self.rows([("bytes", "UINT8", [1, 100], (0..<100).map { UInt8($0) })]))
    #expect(
      rows.columns.map(\.name) == [
        "bytes.mean", "bytes.deviation", "bytes.smallest", "bytes.largest",
      ])
    #expect(rows.numbers[0] == 49.5)
    #expect(Array(rows.numbers[2...]) == [0, 99])
  }

  @Test func `texts are categories, whatever bytes they hold`() throws {
    let raw: [UInt8] = [2, 0, 0, 0, 0x44, 0x45, 3, 0, 0, 0, 0xFF, 0, 0x61]
    let rows = try #require(Self.rows([("country", "BYTES", [2, 1], raw)]))
    #expect(rows.columns.map(\.kind) == ["category"])
    #expect(rows.texts[0] == "DE")
    #expect(!rows.texts[1].utf8.contains(0))
  }

  @Test(arguments: [
    ("FP16", [0x00, 0x3C] as [UInt8], 1.0), ("FP16", [0x00, 0xC0], -2.0),
    ("FP16", [0x01, 0x00], 0x1p-24), ("FP16", [0x00, 0x7C], .infinity),
    ("BF16", [0x80, 0x3F], 1.0),
    ("BOOL", [1], 1.0), ("UINT16", [0x34, 0x12], 4660.0), ("INT16", [0xFF, 0xFF], -1.0),
    ("UINT32", [0xFF, 0xFF, 0xFF, 0xFF], 4_294_967_295.0),
    ("INT32", [0xFE, 0xFF, 0xFF, 0xFF], -2.0),
    ("INT64", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], -1.0),
    ("FP64", [0, 0, 0, 0, 0, 0, 0xF0, 0x3F], 1.0),
  ])
  func `each datatype becomes its number`(
    _ datatype: String, _ raw: [UInt8], _ number: Double
  ) throws {
    #expect(try #require(Self.rows([("x", datatype, [1], raw)])).numbers == [number])
  }

  @Test func `what has no rows gives none, and what is too wide neither`() {
    #expect(Self.rows([]) == nil)
    #expect(Self.rows([("x", "COMPLEX64", [1], [0, 0, 0, 0, 0, 0, 0, 0])]) == nil)
    #expect(Self.rows([("x", "FP32", [1], [1, 2, 3])]) == nil)
    #expect(Self.rows([("x", "BYTES", [1], [9, 0, 0, 0, 1])]) == nil)
    var limits = MonitorLimits()
    limits.columnsMax = 3
    #expect(Self.rows([("x", "UINT8", [1, 4], [1, 2, 3, 4])], limits: limits) == nil)
    // A batch that nobody sent.
    #expect(Self.rows([("x", "UINT8", [.max, 1], [1])]) == nil)
    #expect(Self.rows([("x", "UINT8", [-1, 1], [1])])?.rowCount == 1)
  }
}
