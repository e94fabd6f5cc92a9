/// Names an entry for ever and makes writing it idempotent: a UUID of version 7 (RFC 9562), so that
/// identifiers sort roughly by time.
package struct AuditEntryIdentifier: Hashable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64

  /// A new identifier for an entry of this moment.
  package static func generate(occurredAtMicroseconds: Int64) -> AuditEntryIdentifier {
    let milliseconds = UInt64(max(0, occurredAtMicroseconds) / 1000) & 0xffff_ffff_ffff
    return AuditEntryIdentifier(
      high: milliseconds << 16 | 0x7000 | UInt64.random(in: 0...0x0fff),
      low: 0x8000_0000_0000_0000 | UInt64.random(in: 0...0x3fff_ffff_ffff_ffff))
  }

  /// Reads the 36 characters that `description` writes, of any UUID; otherwise nil.
  package init?(_ text: String) {
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
    guard digits.count == 32,
      let high = UInt64(String(decoding: digits.prefix(16), as: UTF8.self), radix: 16),
      let low = UInt64(String(decoding: digits.suffix(16), as: UTF8.self), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
    guard description == text else { return nil }
  }

  private init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The 16 bytes of the UUID.
  package var bytes: [UInt8] {
    [high, low].flatMap { word in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
    }
  }

  package var description: String {
    let digits = Self.hexadecimal(high) + Self.hexadecimal(low)
    var groups: [Substring] = []
    var rest = digits[...]
    for length in [8, 4, 4, 4, 12] {
      groups.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return groups.joined(separator: "-")
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
