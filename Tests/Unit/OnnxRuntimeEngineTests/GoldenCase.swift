import Foundation
import InferenceWorkerCore
import Testing

/// One call of a model and the answer of Python's onnxruntime; see `Tests/Golden/models/generate.py`.
struct GoldenCase: Decodable, CustomTestStringConvertible {
  struct Item: Decodable {
    let name: String
    let datatype: TensorDataType
    let shape: [Int]
    let contents: Tensor.Contents

    private enum CodingKeys: CodingKey {
      case name, datatype, shape, contents
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      datatype = try container.decode(TensorDataType.self, forKey: .datatype)
      shape = try container.decode([Int].self, forKey: .shape)
      contents =
        datatype == .bytes
        ? .strings(try container.decode([Data].self, forKey: .contents).map { Array($0) })
        : .raw(Array(try container.decode(Data.self, forKey: .contents)))
    }

    var tensor: Tensor {
      Tensor(name: name, datatype: datatype, shape: shape, contents: contents)
    }
  }

  let model: String
  let title: String
  let inputs: [Item]
  let outputs: [Item]

  var testDescription: String { "\(model), \(title)" }

  static func all() throws -> [GoldenCase] {
    let file = Fixtures.repository.appending(path: "Tests/Golden/models/goldens.json")
    return try JSONDecoder().decode([GoldenCase].self, from: Data(contentsOf: file))
  }
}
