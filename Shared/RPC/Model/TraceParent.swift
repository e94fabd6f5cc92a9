internal import Wire

/// W3C trace context: which trace a call belongs to and which span called.
package struct TraceParent: Sendable, Hashable, CustomStringConvertible {
  /// Trace id (16 bytes), parent id (8), flags (1).
  package static let byteCount = 25
  package let bytes: [UInt8]

  /// `nil` unless there are 25 bytes.
  package init?(bytes: RawSpan) {
    guard bytes.byteCount == Self.byteCount else { return nil }
    self.bytes = bytes.array()
  }

  /// Starts a trace, or a child span in the trace of `parent`.
  package init(childOf parent: TraceParent? = nil) {
    var generator = SystemRandomNumberGenerator()
    var bytes = parent?.bytes ?? [UInt8](repeating: 0, count: Self.byteCount)
    for index in (parent == nil ? 0 : 16)..<24 {
      bytes[index] = UInt8.random(in: 1...255, using: &generator)
    }
    self.bytes = bytes
  }

  /// Reads the `traceparent` header of HTTP, version 00.
  package init?(header: String) {
    let parts = header.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "00", parts[1].utf8.count == 32, parts[2].utf8.count == 16,
      parts[3].utf8.count == 2
    else { return nil }
    var bytes: [UInt8] = []
    let digits = Array(parts[1...3].joined().utf8)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  /// The `traceparent` header of HTTP, version 00.
  package var description: String {
    "00-\(hex(0..<16))-\(hex(16..<24))-\(hex(24..<25))"
  }

  private func hex(_ range: Range<Int>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes[range].flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}
