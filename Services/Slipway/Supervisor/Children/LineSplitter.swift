/// Cuts the bytes that a child writes into lines, whatever the pieces they come in.
struct LineSplitter {
  /// A longer line is cut, so that a child that never ends a line holds no memory.
  static let lineBytesMax = 64 * 1024

  private var rest: [UInt8] = []

  mutating func add(_ bytes: some Sequence<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        lines.append(take())
      } else {
        rest.append(byte)
        if rest.count == Self.lineBytesMax { lines.append(take()) }
      }
    }
    return lines
  }

  /// What came after the last line end, if anything.
  mutating func finish() -> String? {
    rest.isEmpty ? nil : take()
  }

  private mutating func take() -> String {
    if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
    defer { rest.removeAll(keepingCapacity: true) }
    return String(decoding: rest, as: UTF8.self)
  }
}
