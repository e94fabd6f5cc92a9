/// The elements of a tensor, row-major, with their type.
public enum TensorElements: Sendable, Hashable {
  case bool([Bool])
  case int8([Int8])
  case int16([Int16])
  case int32([Int32])
  case int64([Int64])
  case uint8([UInt8])
  case uint16([UInt16])
  case uint32([UInt32])
  case uint64([UInt64])
  /// IEEE 754 binary16 as bit patterns.
  case fp16([UInt16])
  /// bfloat16 as bit patterns.
  case bf16([UInt16])
  case fp32([Float])
  case fp64([Double])
  /// Strings of any bytes, each of its own length.
  case bytes([[UInt8]])

  /// The type's name in the Open Inference Protocol.
  public var datatype: String {
    switch self {
    case .bool: "BOOL"
    case .int8: "INT8"
    case .int16: "INT16"
    case .int32: "INT32"
    case .int64: "INT64"
    case .uint8: "UINT8"
    case .uint16: "UINT16"
    case .uint32: "UINT32"
    case .uint64: "UINT64"
    case .fp16: "FP16"
    case .bf16: "BF16"
    case .fp32: "FP32"
    case .fp64: "FP64"
    case .bytes: "BYTES"
    }
  }

  public var count: Int {
    switch self {
    case .bool(let values): values.count
    case .int8(let values): values.count
    case .int16(let values): values.count
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .uint8(let values): values.count
    case .uint16(let values), .fp16(let values), .bf16(let values): values.count
    case .uint32(let values): values.count
    case .uint64(let values): values.count
    case .fp32(let values): values.count
    case .fp64(let values): values.count
    case .bytes(let values): values.count
    }
  }
}
