internal import ArgumentParser

/// What a certificate can name a host by.
enum HostName {
  private static let bytesMax = 253
  private static let labelBytesMax = 63

  /// - Throws: `ValidationError` that says what is expected.
  static func parse(_ text: String) throws -> String {
    guard NetworkAddress.bytes(text) != nil || isName(text) else {
      throw ValidationError("expected an IP address or a DNS name, without a port")
    }
    return text
  }

  /// RFC 1123, section 2.1. The last label is never a number (RFC 3696, section 2), so a mistyped address
  /// is no name.
  static func isName(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return text.utf8.count <= bytesMax && labels.allSatisfy(isLabel)
      && labels.last?.allSatisfy(isDigit) == false
  }

  private static func isLabel(_ label: Substring.UTF8View) -> Bool {
    let hyphen = UInt8(ascii: "-")
    return (1...labelBytesMax).contains(label.count)
      && label.first != hyphen && label.last != hyphen
      && label.allSatisfy { isDigit($0) || isLetter($0) || $0 == hyphen }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
