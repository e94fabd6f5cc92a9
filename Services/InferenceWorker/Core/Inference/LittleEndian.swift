/// Numbers in the bytes of a tensor.
extension [UInt8] {
  mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
    var rest = value
    for _ in 0..<(rest.bitWidth / 8) {
      append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  /// The bytes of these numbers, one after the other.
  init<Value: FixedWidthInteger>(littleEndian values: some Collection<Value>) {
    self = []
    reserveCapacity(values.count * Value.bitWidth / 8)
    for value in values { appendLittleEndian(value) }
  }

  /// The numbers of these bytes, which are a multiple of a number's width.
  func littleEndian<Value: FixedWidthInteger & UnsignedInteger>(as type: Value.Type) -> [Value] {
    let width = Value.bitWidth / 8
    precondition(count % width == 0, "a tensor holds whole elements")
    return stride(from: 0, to: count, by: width).map { start in
      var value: Value = 0
      for offset in (0..<width).reversed() {
        value = value &<< 8 | Value(truncatingIfNeeded: self[start + offset])
      }
      return value
    }
  }
}
