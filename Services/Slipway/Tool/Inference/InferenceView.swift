internal import SlipwayClient

/// A model's answer; in JSON like the Open Inference Protocol's, with the elements row-major.
struct InferenceView: Presentable {
  /// Elements that a table shows of an output.
  private static let shownMax = 8

  struct Output: Encodable {
    var name: String
    var datatype: String
    var shape: [Int]
    var data: ElementView
  }

  enum CodingKeys: String, CodingKey {
    case model = "model_name"
    case version = "model_version"
    case outputs
  }

  var model: String
  var version: String
  var outputs: [Output]

  init(_ result: InferenceResult) {
    model = result.model
    version = result.version
    outputs = result.outputs.map {
      Output(
        name: $0.name, datatype: $0.elements.datatype, shape: $0.shape,
        data: ElementView(elements: $0.elements))
    }
  }

  var table: Table {
    Table(
      columns: ["OUTPUT", "DATATYPE", "SHAPE", "VALUES (\(model) version \(version))"],
      rows: outputs.map { output in
        let shown = output.data.texts(Self.shownMax).joined(separator: " ")
        let more = output.data.elements.count - Self.shownMax
        return [
          output.name, output.datatype, output.shape.map(String.init).joined(separator: "x"),
          more > 0 ? "\(shown) … \(more) more" : shown,
        ]
      })
  }
}
