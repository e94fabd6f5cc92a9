/// Single elements of tensors as bytes.
enum ElementBytes {
  /// Nil if the datatype can't hold exactly this number, or has no numbers.
  static func element(_ value: Double, of datatype: TensorDataType) -> [UInt8]? {
    switch datatype {
    case .bool: UInt8(exactly: value).flatMap { $0 < 2 ? [$0] : nil }
    case .uint8: UInt8(exactly: value).map(bytes)
    case .uint16: UInt16(exactly: value).map(bytes)
    case .uint32: UInt32(exactly: value).map(bytes)
    case .uint64: UInt64(exactly: value).map(bytes)
    case .int8: Int8(exactly: value).map(bytes)
    case .int16: Int16(exactly: value).map(bytes)
    case .int32: Int32(exactly: value).map(bytes)
    case .int64: Int64(exactly: value).map(bytes)
    case .fp32: bytes(Float(value).bitPattern)
    case .fp64: bytes(value.bitPattern)
    // Nothing but zero is the same in all forms of two bytes.
    case .fp16, .bf16: value == 0 ? [0, 0] : nil
    default: nil
    }
  }

  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(value)
    return bytes
  }
}
