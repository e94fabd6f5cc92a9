internal import Wire

/// W3C trace context: which trace a call belongs to and which span called.
package struct TraceParent: Sendable, Hashable, CustomStringConvertible {
  /// Trace id (16 bytes), parent id (8), flags (1).
  package static let byteCount = 25
  /// In the order of the wire, so that a call's trace needs no memory of its own.
  private var trace: (UInt64, UInt64)
  private var span: UInt64
  private var flags: UInt8

  /// `nil` unless there are 25 bytes.
  package init?(bytes: RawSpan) {
    guard bytes.byteCount == Self.byteCount else { return nil }
    trace = (bytes.littleEndian(at: 0, as: UInt64.self), bytes.littleEndian(at: 8, as: UInt64.self))
    span = bytes.littleEndian(at: 16, as: UInt64.self)
    flags = bytes.byte(at: 24)
  }

  /// Starts a trace, or a child span in the trace of `parent`.
  package init(childOf parent: TraceParent? = nil) {
    var generator = SystemRandomNumberGenerator()
    trace = parent?.trace ?? (Self.id(&generator), Self.id(&generator))
    span = Self.id(&generator)
    flags = parent?.flags ?? 0
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
    guard let trace = bytes.withRawSpan({ TraceParent(bytes: $0) }) else { return nil }
    self = trace
  }

  @_lifetime(output: copy output)
  package func encode(into output: inout OutputRawSpan) {
    output.appendLittleEndian(trace.0)
    output.appendLittleEndian(trace.1)
    output.appendLittleEndian(span)
    output.append(flags)
  }

  package var bytes: [UInt8] { [UInt8](byteCount: Self.byteCount) { encode(into: &$0) } }

  /// The `traceparent` header of HTTP, version 00.
  package var description: String {
    "00-\(hex(0..<16))-\(hex(16..<24))-\(hex(24..<25))"
  }

  package static func == (one: TraceParent, other: TraceParent) -> Bool {
    one.trace == other.trace && one.span == other.span && one.flags == other.flags
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(trace.0)
    hasher.combine(trace.1)
    hasher.combine(span)
    hasher.combine(flags)
  }

  /// No byte of an id that we make is 0, so neither is the id: that would mean that there is none.
  private static func id(_ generator: inout SystemRandomNumberGenerator) -> UInt64 {
    var id: UInt64 = 0
    for _ in 0..<8 { id = id << 8 | UInt64(UInt8.random(in: 1...255, using: &generator)) }
    return id
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
