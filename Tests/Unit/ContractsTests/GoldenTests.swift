import Contracts
import Foundation
import RPC
import Testing

/// Against bytes that Python's protobuf made; see `Tests/Golden/Contracts/make`.
struct GoldenTests {
  @Test func `every message that Python encoded decodes, and encodes to the same bytes`() throws {
    var seen: Set<String> = []
    for line in try goldenLines("messages.txt") {
      let bytes = line.count > 1 ? try hexBytes(line[1]) : []
      let message = try messageType(line[0]).init(decoding: bytes)
      #expect(message.encodedBytes() == bytes, "\(line)")
      seen.insert(line[0])
    }
    #expect(seen.count == EveryMessage.types.count)
  }

  @Test func `fields that are not known are skipped`() throws {
    let unknown = try hexBytes("c03e01" + "c13e0102030405060708" + "c23e03616263" + "c53e01020304")
    for line in try goldenLines("messages.txt") {
      let bytes = line.count > 1 ? try hexBytes(line[1]) : []
      let message = try messageType(line[0]).init(decoding: unknown + bytes + unknown)
      #expect(message.encodedBytes() == bytes, "\(line)")
    }
  }

  @Test func `text with a NUL or invalid UTF-8 is refused with the name of its field`() throws {
    var seen: Set<String> = []
    for line in try goldenLines("text-fields.txt") {
      let bytes = try hexBytes(line[2])
      #expect(throws: DecodeError.invalidText(message: line[0], field: line[1]), "\(line)") {
        try messageType(line[0]).init(decoding: bytes)
      }
      seen.insert("\(line[0]).\(line[1])")
    }
    #expect(seen.count > 100)
  }

  @Test func `values are those that Python writes, field by field`() throws {
    let hello = WireHeads.Hello(
      version: 2, versionMin: 1, capabilities: 5, role: "gateway", nonce: [1, 2],
      frameBytesMax: 300, streamCredit: 4, connectionCredit: 9, release: "0.1")
    let helloBytes = try hexBytes(
      "0802100118052207676174657761792a02010230ac02380440094a03302e31")
    #expect(hello.encodedBytes() == helloBytes)
    #expect(try WireHeads.Hello(decoding: helloBytes) == hello)

    let request = Inference.ModelInferRequest(
      modelName: "m", modelVersion: "3", id: "x",
      parameters: [.init(key: "p", value: .init(parameterChoice: .boolParam(false)))],
      inputs: [
        .init(
          name: "i", datatype: "FP32", shape: [-1, 2],
          contents: .init(boolContents: [true, false], fp32Contents: [1.5, -2]))
      ],
      outputs: [.init(name: "o")], rawInputContents: [[0, 1], []])
    let requestBytes = try hexBytes(
      "0a016d1201331a017822070a0170120208002a260a01691204465033321a0bffffffffffffffffff01022a0e"
        + "0a02010032080000c03f000000c032030a016f3a0200013a00")
    #expect(request.encodedBytes() == requestBytes)
    #expect(try Inference.ModelInferRequest(decoding: requestBytes) == request)
  }

  private func messageType(_ name: String) throws -> any (WireMessage & Hashable).Type {
    try #require(EveryMessage.types.first { $0.key == name }).value
  }

  private func goldenLines(_ file: String) throws -> [[String]] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    let text = try String(
      contentsOf: root.appending(path: "Tests/Golden/Contracts/\(file)"), encoding: .utf8)
    return text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  }
}

func hexBytes(_ text: String) throws -> [UInt8] {
  let digits = Array(text)
  try #require(digits.count.isMultiple(of: 2))
  return try stride(from: 0, to: digits.count, by: 2).map { index in
    try #require(UInt8(String(digits[index...index + 1]), radix: 16))
  }
}
