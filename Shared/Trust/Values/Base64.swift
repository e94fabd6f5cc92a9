import Foundation

/// Base64 as DSSE wants it: written in the standard alphabet with padding, read in either alphabet.
enum Base64 {
  static func encode(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString()
  }

  /// The bytes that `text` spells, or nil. Spaces, line ends and missing padding are not accepted.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let standard = text.utf8.map { character in
      switch character {
      case UInt8(ascii: "-"): UInt8(ascii: "+")
      case UInt8(ascii: "_"): UInt8(ascii: "/")
      default: character
      }
    }
    return Data(base64Encoded: Data(standard)).map { [UInt8]($0) }
  }
}
