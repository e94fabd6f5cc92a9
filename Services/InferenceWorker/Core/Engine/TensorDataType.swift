/// The element types of tensors, by their names in the Open Inference Protocol; those that it lacks by
/// ONNX's, in its manner.
package enum TensorDataType: String, Codable, CaseIterable, Sendable {
  case bool = "BOOL"
  case uint8 = "UINT8"
  case uint16 = "UINT16"
  case uint32 = "UINT32"
  case uint64 = "UINT64"
  case int8 = "INT8"
  case int16 = "INT16"
  case int32 = "INT32"
  case int64 = "INT64"
  case fp16 = "FP16"
  case bf16 = "BF16"
  case fp32 = "FP32"
  case fp64 = "FP64"
  case complex64 = "COMPLEX64"
  case complex128 = "COMPLEX128"
  case fp8e4m3fn = "FP8E4M3FN"
  case fp8e4m3fnuz = "FP8E4M3FNUZ"
  case fp8e5m2 = "FP8E5M2"
  case fp8e5m2fnuz = "FP8E5M2FNUZ"
  /// Four bits each, but a byte for each element outside of an engine, its upper bits 0 (unsigned and
  /// FP4E2M1) or the sign (INT4).
  case uint4 = "UINT4"
  case int4 = "INT4"
  case fp4e2m1 = "FP4E2M1"
  /// Strings of any bytes: not necessarily UTF-8, of different lengths, NUL allowed.
  case bytes = "BYTES"

  /// Bytes of one element; nil for `BYTES`, whose elements differ.
  package var byteWidth: Int? {
    switch self {
    case .bool, .uint8, .int8, .fp8e4m3fn, .fp8e4m3fnuz, .fp8e5m2, .fp8e5m2fnuz: 1
    case .uint4, .int4, .fp4e2m1: 1
    case .uint16, .int16, .fp16, .bf16: 2
    case .uint32, .int32, .fp32: 4
    case .uint64, .int64, .fp64, .complex64: 8
    case .complex128: 16
    case .bytes: nil
    }
  }

  /// Whether the protocol itself knows it, and so every client.
  package var isOfProtocol: Bool {
    switch self {
    case .complex64, .complex128, .fp8e4m3fn, .fp8e4m3fnuz, .fp8e5m2, .fp8e5m2fnuz, .uint4, .int4,
      .fp4e2m1:
      false
    default: true
    }
  }
}
