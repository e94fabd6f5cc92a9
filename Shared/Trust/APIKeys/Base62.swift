/// Digits `0-9`, `A-Z`, `a-z`: text without a character that needs quoting, or that a double click
/// would stop at.
enum Base62 {
  private static let alphabet = Array(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

  /// Digits drawn evenly.
  static func digits(_ count: Int, using random: inout some RandomNumberGenerator) -> String {
    String(
      decoding: (0..<count).map { _ in alphabet[Int.random(in: 0..<62, using: &random)] },
      as: UTF8.self)
  }

  /// A number of exactly `digits` digits, leading zeros included.
  static func text(_ number: UInt32, digits: Int) -> String {
    var rest = number
    var reversed: [UInt8] = []
    for _ in 0..<digits {
      reversed.append(alphabet[Int(rest % 62)])
      rest /= 62
    }
    return String(decoding: reversed.reversed(), as: UTF8.self)
  }

  static func isNumber(_ text: some StringProtocol, digits: Int) -> Bool {
    text.utf8.count == digits
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      }
  }
}
