/// Writes one flat JSON object and a newline (RFC 8259): the access log's only need of JSON, at a
/// fraction of what a general encoder costs per call.
struct JSONLine {
  private var output: [UInt8]
  private var isFirst = true

  /// Of bytes of its own: to go on in an array that its caller still holds would copy that each time.
  init(byteCountExpected: Int) {
    output = []
    output.reserveCapacity(byteCountExpected)
    output.append(UInt8(ascii: "{"))
  }

  mutating func add(_ name: StaticString, _ value: Int64) {
    begin(name)
    output.append(contentsOf: String(value).utf8)
  }

  mutating func add(_ name: StaticString, _ value: String) {
    begin(name)
    output.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case 0..<0x20:
        output.append(contentsOf: "\\u00".utf8)
        output.append(Self.hexadecimal(byte >> 4))
        output.append(Self.hexadecimal(byte & 0xf))
      default:
        output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  /// Ends the line and gives it back.
  consuming func finish() -> [UInt8] {
    output.append(contentsOf: "}\n".utf8)
    return output
  }

  private mutating func begin(_ name: StaticString) {
    if !isFirst { output.append(UInt8(ascii: ",")) }
    isFirst = false
    output.append(contentsOf: "\"\(name)\":".utf8)
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}
