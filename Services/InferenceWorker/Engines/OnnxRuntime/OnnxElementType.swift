internal import InferenceWorkerCore

/// The library's numbers for element types.
enum OnnxElementType {
  static func number(of datatype: TensorDataType) -> Int32 {
    switch datatype {
    case .fp32: 1
    case .uint8: 2
    case .int8: 3
    case .uint16: 4
    case .int16: 5
    case .int32: 6
    case .int64: 7
    case .bytes: 8
    case .bool: 9
    case .fp16: 10
    case .fp64: 11
    case .uint32: 12
    case .uint64: 13
    case .bf16: 16
    }
  }

  /// Nil for types that have no name in the Open Inference Protocol.
  static func datatype(of number: Int32) -> TensorDataType? {
    TensorDataType.allCases.first { self.number(of: $0) == number }
  }

  /// For messages: the protocol's name, else ONNX's.
  static func name(of number: Int32) -> String {
    if let datatype = datatype(of: number) { return datatype.rawValue }
    let others: [Int32: String] = [
      14: "complex64", 15: "complex128", 17: "float8e4m3fn", 18: "float8e4m3fnuz",
      19: "float8e5m2", 20: "float8e5m2fnuz", 21: "uint4", 22: "int4", 23: "float4e2m1",
    ]
    return others[number] ?? "element type \(number)"
  }
}

/// The library's numbers for kinds of values.
enum OnnxValueKind {
  static let tensor: Int32 = 1
  static let sequence: Int32 = 2
  static let map: Int32 = 3
  static let sparse: Int32 = 5
  static let optional: Int32 = 6
}
