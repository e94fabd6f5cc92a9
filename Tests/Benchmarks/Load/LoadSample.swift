internal import Contracts
internal import Foundation

/// A call of the model and the answer that it must bring: `{"x": […], "probs": […]}` for the perceptron,
/// `{"ids": […], "embedding": […]}` for a sentence encoder with `input_ids` and `attention_mask`.
struct LoadSample: Decodable {
  let x: [Float]?
  let probs: [Float]?
  let ids: [Int64]?
  let embedding: [Float]?

  init(file: String) throws {
    self = try JSONDecoder().decode(
      LoadSample.self, from: try Data(contentsOf: URL(fileURLWithPath: file)))
  }

  /// What must come back.
  var expected: [Float] { probs ?? embedding ?? [] }

  func request(model: String) -> Inference.ModelInferRequest {
    guard let ids else {
      let x = x ?? []
      return Inference.ModelInferRequest(
        modelName: model,
        inputs: [.init(name: "x", datatype: "FP32", shape: [1, Int64(x.count)])],
        rawInputContents: [Self.bytes(x.map(\.bitPattern))])
    }
    let shape = [1, Int64(ids.count)]
    let mask = [Int64](repeating: 1, count: ids.count)
    return Inference.ModelInferRequest(
      modelName: model,
      inputs: [
        .init(name: "input_ids", datatype: "INT64", shape: shape),
        .init(name: "attention_mask", datatype: "INT64", shape: shape),
      ],
      rawInputContents: [Self.bytes(ids), Self.bytes(mask)])
  }

  /// Whether the answer's little-endian float32 bytes are `expected`, within 1e-4.
  static func isClose(_ bytes: [UInt8], to expected: [Float]) -> Bool {
    guard bytes.count == 4 * expected.count else { return false }
    for (index, value) in expected.enumerated() {
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * index + $1]) << (8 * $1) }
      guard abs(Float(bitPattern: bits) - value) <= 1e-4 else { return false }
    }
    return true
  }

  static func bytes(_ values: [some FixedWidthInteger]) -> [UInt8] {
    values.flatMap { value in
      (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
  }
}
