package import RPC
internal import Wire

/// A message that is nothing but its bytes. Bytes that begin with 0xFF are no message.
package struct Blob: WireMessage, Hashable {
  package var bytes: [UInt8]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  package init(_ text: String) {
    bytes = Array(text.utf8)
  }

  package init(decoding body: RawSpan, limits: DecodeLimits) throws(DecodeError) {
    guard body.isEmpty || body.byte(at: 0) != 0xFF else { throw .malformed(message: "Blob") }
    bytes = body.array()
  }

  package func encode(
    _ write: (_ byteCount: Int, _ fill: (_ output: inout OutputRawSpan) -> Void) -> Void
  ) {
    write(bytes.count) { output in bytes.withRawSpan { output.append(contentsOf: $0) } }
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Bytes that no compression helps.
  package static func noise(_ byteCount: Int, seed: UInt64 = 7) -> Blob {
    var chance = Chance(seed: seed)
    return Blob([1] + (1..<max(1, byteCount)).map { _ in UInt8(truncatingIfNeeded: chance.next()) })
  }

  /// Bytes that compression makes much smaller.
  package static func prose(_ byteCount: Int) -> Blob {
    Blob((0..<byteCount).map { UInt8(truncatingIfNeeded: 97 + $0 % 23 + $0 / 777 % 3) })
  }
}
