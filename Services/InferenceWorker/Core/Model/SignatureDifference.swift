/// Where a loaded model's signature and the one that was pushed part.
package enum SignatureDifference: Error, Sendable, Equatable {
  /// `role` is `input` or `output`.
  case count(role: String, file: Int, model: Int)
  case name(role: String, place: Int, file: String, model: String)
  case datatype(role: String, name: String, file: TensorDataType, model: TensorDataType)
  case shape(role: String, name: String, file: TensorSpec, model: TensorSpec)
  case unavailableOutputs

  /// The first difference: inputs before outputs, each in order; nil if there is none.
  package init?(file: ModelSignature, model: ModelSignature) {
    let found =
      Self.first(role: "input", file.inputs, model.inputs)
      ?? Self.first(role: "output", file.outputs, model.outputs)
      ?? (file.unavailableOutputs == model.unavailableOutputs ? nil : .unavailableOutputs)
    guard let found else { return nil }
    self = found
  }

  private static func first(
    role: String, _ file: [TensorSpec], _ model: [TensorSpec]
  ) -> SignatureDifference? {
    guard file.count == model.count else {
      return .count(role: role, file: file.count, model: model.count)
    }
    for (place, (one, other)) in zip(file, model).enumerated() where !fits(one, other, role) {
      if one.name != other.name {
        return .name(role: role, place: place, file: one.name, model: other.name)
      }
      if one.datatype != other.datatype {
        return .datatype(
          role: role, name: one.name, file: one.datatype, model: other.datatype)
      }
      return .shape(role: role, name: one.name, file: one, model: other)
    }
    return nil
  }

  /// Engines say the same thing differently: some know no names of dimensions, and what shapes outputs
  /// have is worked out more or less far.
  private static func fits(_ one: TensorSpec, _ other: TensorSpec, _ role: String) -> Bool {
    guard one.name == other.name, one.datatype == other.datatype else { return false }
    guard let first = one.shape, let second = other.shape else {
      return role == "output" || one.shape == other.shape
    }
    return first.count == second.count
      && zip(first, second).allSatisfy { left, right in
        switch (left, right) {
        case (.fixed(let one), .fixed(let other)): one == other
        case (.fixed, _), (_, .fixed): role == "output"
        case (.symbol(let one), .symbol(let other)): one == other
        case (.any, _), (_, .any): true
        }
      }
  }
}

extension SignatureDifference: CustomStringConvertible {
  package var description: String {
    switch self {
    case .count(let role, let file, let model):
      "the file has \(file) \(role)s, the model has \(model)"
    case .name(let role, let place, let file, let model):
      "\(role) \(place + 1) is \(quoted(file)) in the file and \(quoted(model)) in the model"
    case .datatype(let role, let name, let file, let model):
      "\(role) \(quoted(name)) is \(file.rawValue) in the file and \(model.rawValue) in the model"
    case .shape(let role, let name, let file, let model):
      "\(role) \(quoted(name)) has shape \(Self.shape(file)) in the file and "
        + "\(Self.shape(model)) in the model"
    case .unavailableOutputs: "they name other outputs that can't be had"
    }
  }

  private static func shape(_ spec: TensorSpec) -> String {
    spec.shape.map { "[" + $0.map(\.description).joined(separator: ", ") + "]" } ?? "of any rank"
  }
}
