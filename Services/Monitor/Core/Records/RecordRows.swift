import Contracts
import MonitorStatistics

/// What a call was asked and answered, as rows and columns: one row for each of its batch.
///
/// A tensor `[batch, k]` gives the columns `name[0]` to `name[k - 1]`, one with a single element a row
/// `name`, one with many its summaries `name.mean`, `name.deviation`, `name.smallest` and `name.largest`. An
/// output of several numbers also gives `name.top`, the place of the largest.
struct RecordRows: Sendable, Hashable {
  var columns: [Monitor.StoredColumn] = []
  var rowCount = 0
  /// Of the numeric columns, row by row.
  var numbers: [Double] = []
  /// Of the categories, row by row.
  var texts: [String] = []

  /// `nil` if nothing of it can be shown in rows.
  init?(
    request: Inference.ModelInferRequest, response: Inference.ModelInferResponse,
    limits: MonitorLimits
  ) {
    let inputs = request.inputs.enumerated().compactMap { index, input in
      Tensor(
        name: input.name, role: "input", shape: input.shape,
        values: Self.values(input.datatype, input.contents, request.rawInputContents, index))
    }
    let outputs = response.outputs.enumerated().compactMap { index, output in
      Tensor(
        name: output.name, role: "output", shape: output.shape,
        values: Self.values(output.datatype, output.contents, response.rawOutputContents, index))
    }
    let tensors = inputs + outputs
    guard !tensors.isEmpty else { return nil }
    // A batch is what every tensor has in its first dimension.
    let batches = Set(tensors.map { $0.shape.first ?? 1 })
    let batch = batches.count == 1 ? max(1, Int(clamping: batches.first ?? 1)) : 1
    rowCount = min(batch, limits.rowsPerRecordMax)
    var numeric: [[Double]] = []
    var categorical: [[String]] = []
    for tensor in tensors where tensor.values.count.isMultiple(of: batch) {
      let width = tensor.values.count / batch
      guard width > 0 else { continue }
      switch tensor.values {
      case .numbers(let values):
        add(tensor, values, width: width, limits, to: &numeric, &categorical)
      case .texts(let values):
        guard width <= limits.elementsPerTensorMax else { continue }
        for element in 0..<width {
          columns.append(tensor.column(width == 1 ? nil : element, kind: "category"))
          categorical.append(
            (0..<rowCount).map { TopCategories.short(values[$0 * width + element]) })
        }
      }
    }
    guard !columns.isEmpty, columns.count <= limits.columnsMax else { return nil }
    numbers = (0..<rowCount).flatMap { row in numeric.map { $0[row] } }
    texts = (0..<rowCount).flatMap { row in categorical.map { $0[row] } }
  }

  private mutating func add(
    _ tensor: Tensor, _ values: [Double], width: Int, _ limits: MonitorLimits,
    to numeric: inout [[Double]], _ categorical: inout [[String]]
  ) {
    let rows = (0..<rowCount).map { values[($0 * width)..<(($0 + 1) * width)] }
    if width <= limits.elementsPerTensorMax {
      for element in 0..<width {
        columns.append(tensor.column(width == 1 ? nil : element, kind: "number"))
        numeric.append(rows.map { $0[$0.startIndex + element] })
      }
    } else {
      for (name, summary) in Self.summaries {
        columns.append(tensor.column(named: name, kind: "number"))
        numeric.append(rows.map(summary))
      }
    }
    guard tensor.role == "output", width > 1 else { return }
    columns.append(tensor.column(named: "top", kind: "category"))
    categorical.append(
      rows.map { row in
        row.indices.max { row[$0] < row[$1] }.map { "\($0 - row.startIndex)" } ?? ""
      })
  }

  private struct Tensor {
    let name: String
    let role: String
    let shape: [Int64]
    let values: TensorValues

    init?(name: String, role: String, shape: [Int64], values: TensorValues?) {
      guard let values else { return nil }
      self.name = TopCategories.short(name)
      self.role = role
      self.shape = shape
      self.values = values
    }

    func column(_ element: Int?, kind: String) -> Monitor.StoredColumn {
      Monitor.StoredColumn(
        name: element.map { "\(name)[\($0)]" } ?? name, role: role, kind: kind)
    }

    func column(named summary: String, kind: String) -> Monitor.StoredColumn {
      Monitor.StoredColumn(name: "\(name).\(summary)", role: role, kind: kind)
    }
  }

  private static let summaries:
    [(name: String, summary: @Sendable (ArraySlice<Double>) -> Double)] =
      [
        ("mean", { $0.reduce(0, +) / Double($0.count) }),
        (
          "deviation",
          { values in
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (squares / Double(values.count)).squareRoot()
          }
        ),
        ("smallest", { $0.min() ?? .nan }),
        ("largest", { $0.max() ?? .nan }),
      ]

  private static func values(
    _ datatype: String, _ contents: Inference.InferTensorContents?, _ raw: [[UInt8]], _ index: Int
  ) -> TensorValues? {
    if raw.indices.contains(index) { return TensorValues(datatype: datatype, raw: raw[index]) }
    return contents.map { TensorValues($0) }
  }
}
