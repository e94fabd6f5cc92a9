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
    case .complex64: 14
    case .complex128: 15
    case .bf16: 16
    case .fp8e4m3fn: 17
    case .fp8e4m3fnuz: 18
    case .fp8e5m2: 19
    case .fp8e5m2fnuz: 20
    case .uint4: 21
    case .int4: 22
    case .fp4e2m1: 23
    }
  }

  /// Whether the library holds two elements in each byte, the first one in the lower half.
  static func isPacked(_ datatype: TensorDataType) -> Bool {
    switch datatype {
    case .uint4, .int4, .fp4e2m1: true
    default: false
    }
  }

  /// From a byte for each element. What does not fit four bits is cut.
  static func packed(_ bytes: [UInt8]) -> [UInt8] {
    stride(from: 0, to: bytes.count, by: 2).map { place in
      bytes[place] & 0xf | (place + 1 < bytes.count ? bytes[place + 1] << 4 : 0)
    }
  }

  /// To a byte for each of `count` elements.
  static func unpacked(_ bytes: [UInt8], count: Int, isSigned: Bool) -> [UInt8] {
    (0..<count).map { place in
      let half = place % 2 == 0 ? bytes[place / 2] & 0xf : bytes[place / 2] >> 4
      return isSigned && half > 7 ? half | 0xf0 : half
    }
  }

  /// Nil for types that have no name here.
  static func datatype(of number: Int32) -> TensorDataType? {
    TensorDataType.allCases.first { self.number(of: $0) == number }
  }

  /// For messages: the protocol's name, else ONNX's.
  static func name(of number: Int32) -> String {
    if let datatype = datatype(of: number) { return datatype.rawValue }
    let others: [Int32: String] = [
      24: "uint2", 25: "int2",
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
