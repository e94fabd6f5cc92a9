internal import InferenceWorkerCore

/// One input or output of a model, and the tensors that carry its value: protocols of inference know
/// tensors only.
///
/// | value | tensors |
/// |---|---|
/// | tensor, or an optional one | itself |
/// | sequence of tensors | `NAME.values` all elements one after the other, `NAME.shapes` a row for each tensor, -1 beyond its rank |
/// | map | `NAME.keys`, `NAME.values` |
/// | sequence of maps | `NAME.keys`, `NAME.values` of all maps, `NAME.lengths` the entries of each |
struct OnnxPlace: Sendable {
  enum Form: Sendable, Equatable {
    case tensor
    case sequence(of: TensorDataType)
    case map(key: TensorDataType, value: TensorDataType)
    case maps(key: TensorDataType, value: TensorDataType)
  }

  let name: String
  let form: Form
  /// Of the tensors, in the order of the table above.
  let specs: [TensorSpec]

  init(tensor: TensorSpec) {
    name = tensor.name
    form = .tensor
    specs = [tensor]
  }

  init(name: String, form: Form) {
    self.name = name
    self.form = form
    func spec(_ part: String, _ datatype: TensorDataType, rank: Int = 1) -> TensorSpec {
      TensorSpec(
        name: "\(name).\(part)", datatype: datatype,
        shape: [TensorSpec.Dimension](repeating: .any, count: rank))
    }
    switch form {
    case .tensor: specs = []
    case .sequence(let element):
      specs = [spec("values", element), spec("shapes", .int64, rank: 2)]
    case .map(let key, let value): specs = [spec("keys", key), spec("values", value)]
    case .maps(let key, let value):
      specs = [spec("keys", key), spec("values", value), spec("lengths", .int64)]
    }
  }
}
