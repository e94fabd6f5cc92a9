import Foundation
import InferenceWorkerCore

/// One model with inputs to run it on.
struct DoorCase: Decodable {
  /// A path.
  var model: String
  var sets: [[DoorTensor]]

  /// What is written for it: outputs for each set of inputs, or why there are none.
  private struct Answer: Encodable {
    var outputs: [[DoorTensor]]?
    var error: String?
  }

  /// Never fails: a case that can't be read is an answer too.
  static func answer(to path: String, in engine: any InferenceEngine) -> String {
    var answer = Answer()
    do {
      let content = try Data(contentsOf: URL(fileURLWithPath: path))
      let one = try JSONDecoder().decode(DoorCase.self, from: content)
      let model = try engine.load(modelFile: one.model, options: EngineOptions())
      let validator = RequestValidator(signature: model.signature)
      answer.outputs = try one.sets.map { set in
        let inputs = try set.map { try $0.tensor }
        try validator.validate(inputs: inputs)
        return try model.run(inputs).map(DoorTensor.init)
      }
    } catch {
      answer.error = "\(error)"
    }
    let bytes = try? JSONEncoder().encode(answer)
    return String(decoding: bytes ?? Data(#"{"error":"no JSON"}"#.utf8), as: UTF8.self)
  }
}

/// A tensor as JSON: `raw` little-endian bytes or `strings`, both in base64.
struct DoorTensor: Codable {
  var name: String
  var datatype: String
  var shape: [Int]
  var raw: Data?
  var strings: [Data]?

  init(_ tensor: Tensor) {
    name = tensor.name
    datatype = tensor.datatype.rawValue
    shape = tensor.shape
    switch tensor.contents {
    case .raw(let bytes): raw = Data(bytes)
    case .strings(let strings): self.strings = strings.map { Data($0) }
    }
  }

  var tensor: Tensor {
    get throws {
      guard let known = TensorDataType(rawValue: datatype) else {
        throw EngineError(.invalidRequest, "there is no datatype \(datatype)")
      }
      return Tensor(
        name: name, datatype: known, shape: shape,
        contents: strings.map { .strings($0.map { [UInt8]($0) }) } ?? .raw([UInt8](raw ?? Data())))
    }
  }
}
