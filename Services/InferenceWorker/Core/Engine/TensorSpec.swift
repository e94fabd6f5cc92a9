/// What a model says of one of its inputs or outputs.
///
/// As JSON: `{"datatype":"FP32","name":"x","shape":["batch",30]}`. A dimension is a length, -1 for
/// any length, or a name; a model whose rank is open too has no `shape`.
package struct TensorSpec: Sendable, Hashable, Codable {
  /// One dimension of a shape.
  package enum Dimension: Sendable, Hashable {
    /// Exactly this length, 0 or more.
    case fixed(Int)
    /// Any length.
    case any
    /// Any length, but the same wherever the name stands in one request.
    case symbol(String)
  }

  package var name: String
  package var datatype: TensorDataType
  /// Outermost dimension first (row-major); empty for a scalar, nil if any rank will do.
  package var shape: [Dimension]?

  package init(name: String, datatype: TensorDataType, shape: [Dimension]?) {
    self.name = name
    self.datatype = datatype
    self.shape = shape
  }
}

extension TensorSpec.Dimension: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  package init(integerLiteral value: Int) { self = value < 0 ? .any : .fixed(value) }

  package init(stringLiteral value: String) { self = .symbol(value) }

  /// The length, -1 if it is not fixed: how the Open Inference Protocol writes it.
  package var length: Int {
    if case .fixed(let length) = self { length } else { -1 }
  }
}

extension TensorSpec.Dimension: CustomStringConvertible {
  package var description: String {
    switch self {
    case .fixed(let length): "\(length)"
    case .any: "-1"
    case .symbol(let name): name
    }
  }
}

extension TensorSpec.Dimension {
  /// As a caller is told: a name only if a person chose it.
  var spelled: String {
    if case .symbol(let name) = self, !Self.isForPeople(name) { "-1" } else { description }
  }

  /// Whether a dimension's name says something. Exporters number those that nobody named: tf2onnx
  /// writes `unk__25`, PyTorch `s0` or `input_dynamic_axes_1`, Paddle `DynamicDimension.0`.
  static func isForPeople(_ name: String) -> Bool {
    let madeBy = ["unk__", "unknown_", "dynamicdimension.", "dim_"]
    let lowercased = name.lowercased()
    guard !madeBy.contains(where: lowercased.hasPrefix), !lowercased.contains("dynamic_axes_")
    else { return false }
    let digits = lowercased.hasPrefix("s") ? lowercased.dropFirst() : lowercased[...]
    return name != "?" && (digits.isEmpty || !digits.allSatisfy(\.isNumber))
  }
}

extension TensorSpec.Dimension: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let name = try? container.decode(String.self) {
      guard !name.isEmpty else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "a dimension's name is empty; use -1 for any length")
      }
      self = .symbol(name)
      return
    }
    let length = try container.decode(Int.self)
    guard length >= -1 else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "a dimension is \(length); expected 0 or more, -1 for any, or a name")
    }
    self = length < 0 ? .any : .fixed(length)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .fixed(let length): try container.encode(length)
    case .any: try container.encode(-1)
    case .symbol(let name): try container.encode(name)
    }
  }
}
