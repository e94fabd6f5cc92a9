/// Reads Unicode scalar values out of valid UTF-8, with their places.
struct ScalarReader {
  private let bytes: [UInt8]
  private(set) var place: Int

  init(_ bytes: [UInt8], from place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  /// The next one and the bytes that it takes, `nil` at the end.
  mutating func next() -> (scalar: Unicode.Scalar, range: Range<Int>)? {
    guard place < bytes.count else { return nil }
    let start = place
    let first = bytes[place]
    let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = UInt32(length == 1 ? first : first & (0xFF >> UInt8(length + 1)))
    place += 1
    while place < min(start + length, bytes.count) {
      value = value << 6 | UInt32(bytes[place] & 0x3F)
      place += 1
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", start..<place)
  }

  /// The one that ends before `place`, `nil` at the start.
  static func scalar(before place: Int, in bytes: [UInt8]) -> Unicode.Scalar? {
    guard place > 0 else { return nil }
    var start = place - 1
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    var reader = ScalarReader(bytes, from: start)
    return reader.next()?.scalar
  }

  /// The one that begins at `place`, `nil` at the end.
  static func scalar(at place: Int, in bytes: [UInt8]) -> Unicode.Scalar? {
    var reader = ScalarReader(bytes, from: place)
    return reader.next()?.scalar
  }
}
