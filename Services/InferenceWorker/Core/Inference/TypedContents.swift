internal import Contracts

/// The typed form of a tensor's contents: one field of `InferTensorContents` for each datatype.
enum TypedContents {
  /// Reads the field that belongs to the datatype. The number of elements is checked elsewhere.
  static func read(
    _ contents: Inference.InferTensorContents, as datatype: TensorDataType, input: String
  ) throws(InferRequestFault) -> Tensor.Contents {
    guard let field = field(of: datatype) else {
      throw .rawOnly(input: input, datatype: datatype)
    }
    if let other = filledFields(contents).first(where: { $0 != field }) {
      throw .wrongField(input: input, datatype: datatype, found: other, expected: field)
    }
    switch datatype {
    case .bool: return .raw(contents.boolContents.map { $0 ? 1 : 0 })
    case .int8: return .raw(try narrow(contents.intContents, to: Int8.self, input, datatype))
    case .int16: return .raw(try narrow(contents.intContents, to: Int16.self, input, datatype))
    case .int32: return .raw([UInt8](littleEndian: contents.intContents))
    case .int64: return .raw([UInt8](littleEndian: contents.int64Contents))
    case .uint8: return .raw(try narrow(contents.uintContents, to: UInt8.self, input, datatype))
    case .uint16: return .raw(try narrow(contents.uintContents, to: UInt16.self, input, datatype))
    case .uint32: return .raw([UInt8](littleEndian: contents.uintContents))
    case .uint64: return .raw([UInt8](littleEndian: contents.uint64Contents))
    case .fp32: return .raw([UInt8](littleEndian: contents.fp32Contents.lazy.map(\.bitPattern)))
    case .fp64: return .raw([UInt8](littleEndian: contents.fp64Contents.lazy.map(\.bitPattern)))
    case .bytes: return .strings(contents.bytesContents)
    default: throw .rawOnly(input: input, datatype: datatype)
    }
  }

  /// The typed form of a tensor; nil for FP16 and BF16, which have none.
  static func write(_ tensor: Tensor) -> Inference.InferTensorContents? {
    var contents = Inference.InferTensorContents()
    switch tensor.contents {
    case .strings(let strings): contents.bytesContents = strings
    case .raw(let bytes):
      switch tensor.datatype {
      case .bool: contents.boolContents = bytes.map { $0 != 0 }
      case .int8: contents.intContents = bytes.map { Int32(Int8(bitPattern: $0)) }
      case .int16:
        contents.intContents = bytes.littleEndian(as: UInt16.self).map {
          Int32(Int16(bitPattern: $0))
        }
      case .int32:
        contents.intContents = bytes.littleEndian(as: UInt32.self).map { Int32(bitPattern: $0) }
      case .int64:
        contents.int64Contents = bytes.littleEndian(as: UInt64.self).map { Int64(bitPattern: $0) }
      case .uint8: contents.uintContents = bytes.map { UInt32($0) }
      case .uint16:
        contents.uintContents = bytes.littleEndian(as: UInt16.self).map { UInt32($0) }
      case .uint32: contents.uintContents = bytes.littleEndian(as: UInt32.self)
      case .uint64: contents.uint64Contents = bytes.littleEndian(as: UInt64.self)
      case .fp32:
        contents.fp32Contents = bytes.littleEndian(as: UInt32.self).map(Float.init(bitPattern:))
      case .fp64:
        contents.fp64Contents = bytes.littleEndian(as: UInt64.self).map(Double.init(bitPattern:))
      default: return nil
      }
    }
    return contents
  }

  static func isWritable(_ datatype: TensorDataType) -> Bool { field(of: datatype) != nil }

  private static func field(of datatype: TensorDataType) -> String? {
    switch datatype {
    case .bool: "bool_contents"
    case .int8, .int16, .int32: "int_contents"
    case .int64: "int64_contents"
    case .uint8, .uint16, .uint32: "uint_contents"
    case .uint64: "uint64_contents"
    case .fp32: "fp32_contents"
    case .fp64: "fp64_contents"
    case .bytes: "bytes_contents"
    default: nil
    }
  }

  private static func filledFields(_ contents: Inference.InferTensorContents) -> [String] {
    var fields: [String] = []
    if !contents.boolContents.isEmpty { fields.append("bool_contents") }
    if !contents.intContents.isEmpty { fields.append("int_contents") }
    if !contents.int64Contents.isEmpty { fields.append("int64_contents") }
    if !contents.uintContents.isEmpty { fields.append("uint_contents") }
    if !contents.uint64Contents.isEmpty { fields.append("uint64_contents") }
    if !contents.fp32Contents.isEmpty { fields.append("fp32_contents") }
    if !contents.fp64Contents.isEmpty { fields.append("fp64_contents") }
    if !contents.bytesContents.isEmpty { fields.append("bytes_contents") }
    return fields
  }

  private static func narrow<Wide: FixedWidthInteger, Narrow: FixedWidthInteger>(
    _ values: [Wide], to type: Narrow.Type, _ input: String, _ datatype: TensorDataType
  ) throws(InferRequestFault) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * Narrow.bitWidth / 8)
    for (element, value) in values.enumerated() {
      guard let narrow = Narrow(exactly: value) else {
        throw .valueOutOfRange(
          input: input, element: element, value: "\(value)", datatype: datatype)
      }
      bytes.appendLittleEndian(narrow)
    }
    return bytes
  }
}
