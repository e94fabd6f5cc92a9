/// Reads the fields of a protobuf message from bytes, in place.
///
/// Heads are small, flat and read for every call, so they are read by hand; their messages stand in
/// `Contracts/proto/slipway/wire.proto`, and a test holds the two against each other. Bodies go through
/// libprotobuf-c.
package struct ProtobufReader: ~Escapable {
  package enum Value {
    /// Also holds the bits of a fixed32 or fixed64.
    case integer(UInt64)
    /// Where the bytes stand in the message.
    case bytes(Range<Int>)
  }

  @usableFromInline let message: RawSpan
  @usableFromInline var offset = 0

  @inlinable
  @_lifetime(copy message)
  package init(_ message: RawSpan) {
    self.message = message
  }

  /// The next field, or `nil` at the end.
  ///
  /// - Throws: ``ProtobufError`` for bytes that are no protobuf message. Groups count as such.
  @inlinable
  @_lifetime(self: copy self)
  package mutating func next() throws(ProtobufError) -> (number: UInt64, value: Value)? {
    guard offset < message.byteCount else { return nil }
    let tag = try varint()
    let number = tag >> 3
    guard number > 0 else { throw .malformed }
    switch tag & 7 {
    case 0: return (number, .integer(try varint()))
    case 1: return (number, .integer(try fixed(UInt64.self)))
    case 2:
      let count = try varint()
      guard count <= UInt64(message.byteCount - offset) else { throw .malformed }
      let start = offset
      offset += Int(count)
      return (number, .bytes(start..<offset))
    case 5: return (number, .integer(UInt64(try fixed(UInt32.self))))
    default: throw .malformed
    }
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func varint() throws(ProtobufError) -> UInt64 {
    // Tags, slots and lengths are one byte long.
    guard offset < message.byteCount else { throw .malformed }
    let first = message.byte(at: offset)
    guard first >= 0x80 else {
      offset += 1
      return UInt64(first)
    }
    return try longVarint()
  }

  @usableFromInline
  @_lifetime(self: copy self)
  mutating func longVarint() throws(ProtobufError) -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while offset < message.byteCount {
      let byte = message.byte(at: offset)
      offset += 1
      guard shift < 63 || byte <= 1 else { throw .malformed }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
    throw .malformed
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func fixed<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ type: Integer.Type
  ) throws(ProtobufError) -> Integer {
    guard message.byteCount - offset >= MemoryLayout<Integer>.size else { throw .malformed }
    defer { offset += MemoryLayout<Integer>.size }
    return message.littleEndian(at: offset, as: type)
  }
}

/// Bytes that are no protobuf message.
package enum ProtobufError: Error, Sendable, Hashable {
  case malformed
}
