import Foundation

/// The rule for `signature.json`: the tensors that a version takes and gives.
///
/// The registry looks at the structure only and keeps the bytes as they came; the worker checks them
/// against the model itself.
enum SignatureDocument {
  static let path = "signature.json"

  /// Tensors of one version; the largest public models have some hundreds (attention caches).
  private static let tensorsMax = 1024
  private static let rankMax = 16
  /// Data types of the Open Inference Protocol, and further ones.
  private static let datatypes: Set<String> = [
    "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16",
    "FP32", "FP64", "BF16", "BYTES",
    // Those of ONNX that the protocol lacks.
    "COMPLEX64", "COMPLEX128", "FP8E4M3FN", "FP8E4M3FNUZ", "FP8E5M2", "FP8E5M2FNUZ", "UINT4",
    "INT4", "FP4E2M1",
  ]

  private static let format = 1

  private struct Document: Decodable {
    var format: Int
    var inputs: [Tensor]
    var outputs: [Tensor]
  }

  private struct Tensor: Decodable {
    var name: String
    var datatype: String
    /// None where any rank will do.
    var shape: [Size]?
  }

  /// A length, -1 for any length, or the name of a length.
  private struct Size: Decodable {
    let isValid: Bool

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let name = try? container.decode(String.self) {
        isValid = !name.isEmpty
      } else {
        isValid = try container.decode(Int.self) >= -1
      }
    }
  }

  /// - Throws: `invalid` that names the field and what was expected.
  static func check(_ bytes: [UInt8], limits: RegistryLimits) throws(RegistryError) {
    guard bytes.count <= limits.signatureBytesMax else {
      throw .invalid(
        "`\(path)` has \(bytes.count) bytes: expected at most \(limits.signatureBytesMax)")
    }
    let document = try decode(bytes)
    guard document.format == format else {
      throw .invalid("`\(path)`: `format` is \(document.format): expected \(format)")
    }
    try check(document.inputs, "inputs")
    guard !document.outputs.isEmpty else {
      throw .invalid("`\(path)`: `outputs` is empty: expected at least one tensor")
    }
    try check(document.outputs, "outputs")
  }

  private static func check(_ tensors: [Tensor], _ field: String) throws(RegistryError) {
    guard tensors.count <= tensorsMax else {
      throw .invalid(
        "`\(path)`: `\(field)` has \(tensors.count) tensors: expected at most \(tensorsMax)")
    }
    var names: Set<String> = []
    for (index, tensor) in tensors.enumerated() {
      let place = "`\(path)`: `\(field)[\(index)]"
      guard !tensor.name.isEmpty, names.insert(tensor.name).inserted else {
        throw .invalid("\(place).name`: expected a name that no other of the \(field) has")
      }
      guard datatypes.contains(tensor.datatype) else {
        let known = datatypes.sorted().joined(separator: ", ")
        throw .invalid(
          "\(place).datatype` is `\(NameRule.excerpt(tensor.datatype))`: expected one of \(known)")
      }
      let shape = tensor.shape ?? []
      guard shape.count <= rankMax, shape.allSatisfy(\.isValid) else {
        throw .invalid(
          "\(place).shape`: expected at most \(rankMax) sizes, each a length, -1 for any or a name")
      }
    }
  }

  private static func decode(_ bytes: [UInt8]) throws(RegistryError) -> Document {
    do {
      return try JSONDecoder().decode(Document.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw .invalid("`\(path)`: \(explain(error))")
    } catch {
      throw .invalid("`\(path)` is not JSON")
    }
  }

  private static func explain(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "`\(place(context.codingPath + [key]))` is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "`\(place(context.codingPath))` has the wrong type: expected `format` (1), `inputs` "
        + "and `outputs`, each a list of objects with `name` (text), `datatype` (text) and `shape` "
        + "(list of integers and names)"
    default:
      "expected JSON"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    path.reduce(into: "") { text, key in
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
  }
}
