internal import Foundation
internal import SlipwayClient

/// One `--input NAME=VALUE`, read as the model's description says.
struct TensorInput {
  let name: String
  let value: JSONTensor

  /// - Parameter argument: `NAME=JSON` or `NAME=@FILE`.
  init(argument: String) throws(ToolError) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
      throw ToolError(.usage, "`\(argument)`: expected NAME=JSON or NAME=@FILE")
    }
    name = String(argument[..<equals])
    var text = Data(argument[argument.index(after: equals)...].utf8)
    if text.first == UInt8(ascii: "@") {
      let path = String(decoding: text.dropFirst(), as: UTF8.self)
      guard let content = FileManager.default.contents(atPath: path) else {
        throw ToolError(.notFound, "input `\(name)`: expected a JSON file at `\(path)`")
      }
      text = content
    }
    do {
      value = try JSONDecoder().decode(JSONTensor.self, from: text)
    } catch {
      throw ToolError(
        .usage, "input `\(name)` is not JSON of numbers, texts or truths in arrays",
        advice: "such as --input 'x=[[1, 2, 3]]'")
    }
  }

  func tensor(_ description: TensorDescription) throws(ToolError) -> Tensor {
    guard let written = value.shape else {
      throw ToolError(.usage, "input `\(name)`: expected rows of the same length")
    }
    let scalars = value.scalars
    return Tensor(
      name: name, shape: Self.shape(written, declared: description.shape, count: scalars.count),
      elements: try elements(scalars, datatype: description.datatype))
  }

  /// A plain list takes the declared shape if only one length is open; the gateway judges the rest.
  static func shape(_ written: [Int], declared: [Int], count: Int) -> [Int] {
    guard written.count == 1, declared.count > 1, declared.count(where: { $0 < 0 }) <= 1 else {
      return written
    }
    let known = declared.filter { $0 >= 0 }.reduce(1, *)
    guard known > 0, count.isMultiple(of: known) else { return written }
    let open = count / known
    guard declared.contains(where: { $0 < 0 }) || open == 1 else { return written }
    return declared.map { $0 < 0 ? open : $0 }
  }

  private func elements(
    _ scalars: [JSONTensor], datatype: String
  ) throws(ToolError) -> TensorElements {
    switch datatype {
    case "BOOL":
      .bool(try all(scalars, datatype) { if case .truth(let value) = $0 { value } else { nil } })
    case "INT8": .int8(try integers(scalars, datatype))
    case "INT16": .int16(try integers(scalars, datatype))
    case "INT32": .int32(try integers(scalars, datatype))
    case "INT64": .int64(try integers(scalars, datatype))
    case "UINT8": .uint8(try integers(scalars, datatype))
    case "UINT16": .uint16(try integers(scalars, datatype))
    case "UINT32": .uint32(try integers(scalars, datatype))
    case "UINT64": .uint64(try integers(scalars, datatype))
    case "FP32": .fp32(try numbers(scalars, datatype).map { Float($0) })
    case "FP64": .fp64(try numbers(scalars, datatype))
    case "BYTES":
      .bytes(
        try all(scalars, datatype) {
          if case .text(let value) = $0 { Array(value.utf8) } else { nil }
        })
    default:
      throw ToolError(
        .failed, "input `\(name)` is \(datatype), which can't be written as JSON here",
        advice: "use the client library")
    }
  }

  private func integers<Value: FixedWidthInteger>(
    _ scalars: [JSONTensor], _ datatype: String
  ) throws(ToolError) -> [Value] {
    try all(scalars, datatype) { scalar in
      switch scalar {
      case .integer(let value): Value(exactly: value)
      case .unsigned(let value): Value(exactly: value)
      case .number(let value): Value(exactly: value)
      default: nil
      }
    }
  }

  private func numbers(
    _ scalars: [JSONTensor], _ datatype: String
  ) throws(ToolError) -> [Double] {
    try all(scalars, datatype) { scalar in
      switch scalar {
      case .integer(let value): Double(value)
      case .unsigned(let value): Double(value)
      case .number(let value): value
      default: nil
      }
    }
  }

  private func all<Value>(
    _ scalars: [JSONTensor], _ datatype: String, _ convert: (JSONTensor) -> Value?
  ) throws(ToolError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(scalars.count)
    for (index, scalar) in scalars.enumerated() {
      guard let value = convert(scalar) else {
        throw ToolError(
          .usage, "input `\(name)`: element \(index) is not one of \(datatype)")
      }
      values.append(value)
    }
    return values
  }
}
