internal import InferenceWorkerCore

/// The library's numbers for element types.
enum OpenVINOElementType {
  static func number(of datatype: TensorDataType) -> UInt32? {
    switch datatype {
    case .bool: 1
    case .bf16: 2
    case .fp16: 3
    case .fp32: 4
    case .fp64: 5
    case .int8: 7
    case .int16: 8
    case .int32: 9
    case .int64: 10
    case .uint8: 16
    case .uint16: 17
    case .uint32: 18
    case .uint64: 19
    default: nil
    }
  }

  static func datatype(of number: UInt32) -> TensorDataType? {
    TensorDataType.allCases.first { self.number(of: $0) == number }
  }

  /// For messages.
  static func name(of number: UInt32) -> String {
    let others: [UInt32: String] = [0: "of an open type", 6: "int4", 14: "uint4", 23: "strings"]
    return datatype(of: number)?.rawValue ?? others[number] ?? "element type \(number)"
  }
}
