internal import SlipwayClient

/// What a model takes and gives.
struct DescriptionView: Presentable {
  struct TensorView: Encodable {
    var name: String
    var datatype: String
    var shape: [Int]

    init(_ tensor: TensorDescription) {
      name = tensor.name
      datatype = tensor.datatype
      shape = tensor.shape
    }
  }

  var name: String
  var versions: [String]
  var platform: String
  var inputs: [TensorView]
  var outputs: [TensorView]

  init(_ model: ModelDescription) {
    name = model.name
    versions = model.versions
    platform = model.platform
    inputs = model.inputs.map(TensorView.init)
    outputs = model.outputs.map(TensorView.init)
  }

  var table: Table {
    func rows(_ kind: String, _ tensors: [TensorView]) -> [[String]] {
      tensors.map {
        [
          kind, $0.name, $0.datatype,
          $0.shape.map { $0 < 0 ? "?" : "\($0)" }.joined(separator: "x"),
        ]
      }
    }
    return Table(
      columns: ["TENSOR", "NAME", "DATATYPE", "SHAPE"],
      rows: rows("input", inputs) + rows("output", outputs))
  }
}
