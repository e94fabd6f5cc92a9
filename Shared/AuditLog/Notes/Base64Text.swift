import Foundation

/// Base 64 of RFC 4648, section 4, in its one spelling: padded, and without bits that mean nothing.
package enum Base64Text {
  package static func encode(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString()
  }

  /// Nil for any text that `encode` would not have written.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let text = String(text)
    guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else {
      return nil
    }
    return [UInt8](data)
  }
}
