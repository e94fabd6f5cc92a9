import Contracts
import Testing

@testable import SlipwayClient

@Suite("Tensor elements")
struct TensorElementsTests {
  static let every: [TensorElements] = [
    .bool([true, false]), .int8([-1, 127]), .int16([-2, 300]), .int32([.min, .max]),
    .int64([.min, .max]), .uint8([0, 255]), .uint16([1, .max]), .uint32([1, .max]),
    .uint64([1, .max]), .fp16([0x3c00]), .bf16([0x3f80]), .fp32([1.5, -.infinity]),
    .fp64([.pi, 0]), .bytes([[], [0, 1, 255], Array("text".utf8)]),
  ]

  @Test("come back from their raw form", arguments: every)
  func roundTrip(elements: TensorElements) {
    #expect(
      TensorElements(datatype: elements.datatype, rawBytes: elements.rawBytes) == elements)
  }

  @Test("the raw form is little-endian, strings behind their length")
  func golden() {
    #expect(TensorElements.fp32([1]).rawBytes == [0, 0, 0x80, 0x3f])
    #expect(TensorElements.int16([0x0102]).rawBytes == [2, 1])
    #expect(TensorElements.bytes([[7, 8]]).rawBytes == [2, 0, 0, 0, 7, 8])
  }

  @Test("raw bytes that are not whole elements are refused", arguments: every)
  func torn(elements: TensorElements) {
    guard elements.rawBytes.count > 2, elements.datatype != "INT8", elements.datatype != "UINT8",
      elements.datatype != "BOOL"
    else { return }
    let bytes = Array(elements.rawBytes.dropLast())
    #expect(TensorElements(datatype: elements.datatype, rawBytes: bytes) == nil)
  }

  @Test("a string that claims more than is there is refused")
  func lyingLength() {
    #expect(TensorElements(datatype: "BYTES", rawBytes: [255, 255, 255, 255, 1]) == nil)
  }

  @Test("the typed form is read too")
  func typed() {
    let contents = Inference.InferTensorContents(intContents: [1, -1])
    #expect(TensorElements(datatype: "INT8", contents: contents) == .int8([1, -1]))
    #expect(TensorElements(datatype: "FP16", contents: contents) == nil)
  }
}
