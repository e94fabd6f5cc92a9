/// Writes protobuf fields. Fields that hold their default are left out, as proto3 does.
package enum ProtobufWriter {
  @inlinable
  package static func varintByteCount(_ value: UInt64) -> Int {
    // Seven bits a byte.
    value == 0 ? 1 : (63 - value.leadingZeroBitCount) / 7 + 1
  }

  /// Bytes of a field with an integer, tag included. Field numbers here are below 16.
  @inlinable
  package static func byteCount(_ value: UInt64) -> Int {
    value == 0 ? 0 : 1 + varintByteCount(value)
  }

  /// Bytes of a field of `count` bytes, tag included.
  @inlinable
  package static func byteCount(bytes count: Int) -> Int {
    count == 0 ? 0 : 1 + varintByteCount(UInt64(count)) + count
  }

  @inlinable
  @_lifetime(output: copy output)
  package static func write(_ value: UInt64, field: UInt8, into output: inout OutputRawSpan) {
    guard value != 0 else { return }
    output.append(field << 3)
    writeVarint(value, into: &output)
  }

  @inlinable
  @_lifetime(output: copy output)
  package static func write(_ bytes: RawSpan, field: UInt8, into output: inout OutputRawSpan) {
    guard !bytes.isEmpty else { return }
    output.append(field << 3 | 2)
    writeVarint(UInt64(bytes.byteCount), into: &output)
    output.append(contentsOf: bytes)
  }

  @inlinable
  @_lifetime(output: copy output)
  package static func write(_ bytes: [UInt8], field: UInt8, into output: inout OutputRawSpan) {
    guard !bytes.isEmpty else { return }
    output.append(field << 3 | 2)
    writeVarint(UInt64(bytes.count), into: &output)
    bytes.withRawSpan { output.append(contentsOf: $0) }
  }

  @inlinable
  @_lifetime(output: copy output)
  package static func write(_ text: String, field: UInt8, into output: inout OutputRawSpan) {
    write([UInt8](text.utf8), field: field, into: &output)
  }

  /// What stands before `byteCount` bytes that the caller writes.
  @inlinable
  @_lifetime(output: copy output)
  package static func writeTag(field: UInt8, byteCount: Int, into output: inout OutputRawSpan) {
    output.append(field << 3 | 2)
    writeVarint(UInt64(byteCount), into: &output)
  }

  @inlinable
  @_lifetime(output: copy output)
  package static func writeVarint(_ value: UInt64, into output: inout OutputRawSpan) {
    var rest = value
    while rest >= 0x80 {
      output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    output.append(UInt8(truncatingIfNeeded: rest))
  }
}
