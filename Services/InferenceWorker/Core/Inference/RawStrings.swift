/// The raw form of a BYTES tensor: its elements row-major, each behind its length in 4 bytes,
/// little-endian.
enum RawStrings {
  static let lengthBytes = 4

  /// - Parameter count: as many elements as the shape holds; read first, so that a body of zeros
  ///   does not become more elements than it says.
  static func read(
    _ bytes: [UInt8], count: Int, input: String
  ) throws(InferRequestFault) -> [[UInt8]] {
    guard count <= bytes.count / lengthBytes else {
      throw .truncatedElement(input: input, element: bytes.count / lengthBytes, elements: count)
    }
    var strings: [[UInt8]] = []
    strings.reserveCapacity(count)
    var position = 0
    for element in 0..<count {
      guard bytes.count - position >= lengthBytes else {
        throw .truncatedElement(input: input, element: element, elements: count)
      }
      var length = 0
      for offset in (0..<lengthBytes).reversed() {
        length = length << 8 | Int(bytes[position + offset])
      }
      position += lengthBytes
      guard length <= bytes.count - position else {
        throw .truncatedElement(input: input, element: element, elements: count)
      }
      strings.append(Array(bytes[position..<position + length]))
      position += length
    }
    guard position == bytes.count else {
      throw .trailingBytes(input: input, bytes.count - position, elements: count)
    }
    return strings
  }

  static func write(_ strings: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(strings.reduce(0) { $0 + lengthBytes + $1.count })
    for string in strings {
      // No message is near 4 GiB, so the length fits.
      bytes.appendLittleEndian(UInt32(truncatingIfNeeded: string.count))
      bytes += string
    }
    return bytes
  }
}
