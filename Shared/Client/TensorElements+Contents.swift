internal import Contracts

extension TensorElements {
  /// Reads the typed form of the Open Inference Protocol.
  ///
  /// - Returns: nil for a datatype that has no typed form or that we don't know.
  init?(datatype: String, contents: Inference.InferTensorContents) {
    switch datatype {
    case "BOOL": self = .bool(contents.boolContents)
    case "INT8": self = .int8(contents.intContents.map { Int8(truncatingIfNeeded: $0) })
    case "INT16": self = .int16(contents.intContents.map { Int16(truncatingIfNeeded: $0) })
    case "INT32": self = .int32(contents.intContents)
    case "INT64": self = .int64(contents.int64Contents)
    case "UINT8": self = .uint8(contents.uintContents.map { UInt8(truncatingIfNeeded: $0) })
    case "UINT16": self = .uint16(contents.uintContents.map { UInt16(truncatingIfNeeded: $0) })
    case "UINT32": self = .uint32(contents.uintContents)
    case "UINT64": self = .uint64(contents.uint64Contents)
    case "FP32": self = .fp32(contents.fp32Contents)
    case "FP64": self = .fp64(contents.fp64Contents)
    case "BYTES": self = .bytes(contents.bytesContents)
    default: return nil
    }
  }
}
