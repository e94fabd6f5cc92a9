/// The raw form of the Open Inference Protocol: little-endian, row-major; each element of `BYTES`
/// behind its length in four bytes.
extension TensorElements {
  var rawBytes: [UInt8] {
    switch self {
    case .bool(let values): values.map { $0 ? 1 : 0 }
    case .int8(let values): values.map { UInt8(bitPattern: $0) }
    case .int16(let values): Self.raw(values)
    case .int32(let values): Self.raw(values)
    case .int64(let values): Self.raw(values)
    case .uint8(let values): values
    case .uint16(let values), .fp16(let values), .bf16(let values): Self.raw(values)
    case .uint32(let values): Self.raw(values)
    case .uint64(let values): Self.raw(values)
    case .fp32(let values): Self.raw(values.lazy.map(\.bitPattern), count: values.count)
    case .fp64(let values): Self.raw(values.lazy.map(\.bitPattern), count: values.count)
    case .bytes(let values):
      values.flatMap { Self.raw([UInt32(truncatingIfNeeded: $0.count)]) + $0 }
    }
  }

  /// - Returns: nil for a datatype that we don't know and bytes that are not whole elements.
  init?(datatype: String, rawBytes bytes: [UInt8]) {
    switch datatype {
    case "BOOL": self = .bool(bytes.map { $0 != 0 })
    case "INT8": self = .int8(bytes.map { Int8(bitPattern: $0) })
    case "UINT8": self = .uint8(bytes)
    case "INT16": self.init(Self.values(bytes)) { .int16($0) }
    case "INT32": self.init(Self.values(bytes)) { .int32($0) }
    case "INT64": self.init(Self.values(bytes)) { .int64($0) }
    case "UINT16": self.init(Self.values(bytes)) { .uint16($0) }
    case "UINT32": self.init(Self.values(bytes)) { .uint32($0) }
    case "UINT64": self.init(Self.values(bytes)) { .uint64($0) }
    case "FP16": self.init(Self.values(bytes)) { .fp16($0) }
    case "BF16": self.init(Self.values(bytes)) { .bf16($0) }
    case "FP32":
      self.init(Self.values(bytes) as [UInt32]?) { .fp32($0.map { Float(bitPattern: $0) }) }
    case "FP64":
      self.init(Self.values(bytes) as [UInt64]?) { .fp64($0.map { Double(bitPattern: $0) }) }
    case "BYTES": self.init(Self.strings(bytes)) { .bytes($0) }
    default: return nil
    }
  }

  private init?<Value>(_ values: [Value]?, _ wrap: ([Value]) -> TensorElements) {
    guard let values else { return nil }
    self = wrap(values)
  }

  private static func raw<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
    raw(values, count: values.count)
  }

  private static func raw<Values: Sequence>(_ values: Values, count: Int) -> [UInt8]
  where Values.Element: FixedWidthInteger {
    let width = Values.Element.bitWidth / 8
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * width)
    for value in values {
      for index in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (index * 8))) }
    }
    return bytes
  }

  private static func values<Value: FixedWidthInteger>(_ bytes: [UInt8]) -> [Value]? {
    let width = Value.bitWidth / 8
    guard bytes.count.isMultiple(of: width) else { return nil }
    var values: [Value] = []
    values.reserveCapacity(bytes.count / width)
    for start in stride(from: 0, to: bytes.count, by: width) {
      var value: Value = 0
      for index in 0..<width {
        value |= Value(truncatingIfNeeded: bytes[start + index]) << (index * 8)
      }
      values.append(value)
    }
    return values
  }

  private static func strings(_ bytes: [UInt8]) -> [[UInt8]]? {
    var strings: [[UInt8]] = []
    var position = 0
    while position < bytes.count {
      guard bytes.count - position >= 4,
        let length = (values(Array(bytes[position..<position + 4])) as [UInt32]?)?.first,
        bytes.count - position - 4 >= Int(length)
      else { return nil }
      strings.append(Array(bytes[(position + 4)..<(position + 4 + Int(length))]))
      position += 4 + Int(length)
    }
    return strings
  }
}
