/// Addresses of machines.
enum NetworkAddress {
  static let shapes = [
    Recogniser.shape(#"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"#, 600, hint: #"[0-9]\.[0-9]{1,3}\.[0-9]"#),
    Recogniser.shape(
      #"(?<!:)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?:(?<=[0-9])(?:\.[0-9]{1,3}){3})?(?!:)"#, 600,
      hint: "[0-9a-f:]:[0-9a-f:]"),
  ]

  static func judge(_ text: [UInt8]) -> Recogniser.Judgement {
    let isOne = text.contains(0x3A) ? isSix(text) : isFour(text[...])
    return isOne ? .valid(byteCount: text.count) : .invalid
  }

  private static func isFour(_ text: ArraySlice<UInt8>) -> Bool {
    let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard part.count == 1 || part.first != 0x30,
          let value = Int(String(decoding: part, as: UTF8.self))
        else { return false }
        return value < 256
      }
  }

  /// RFC 4291: eight groups, or fewer with one gap.
  private static func isSix(_ text: [UInt8]) -> Bool {
    var groups = text.split(separator: 0x3A, omittingEmptySubsequences: false)
    var count = 0
    if let last = groups.last, last.contains(0x2E) {
      guard isFour(last) else { return false }
      groups.removeLast()
      count = 2
    }
    let gaps = zip(text, text.dropFirst()).filter { $0 == 0x3A && $1 == 0x3A }.count
    guard gaps <= 1, gaps == 1 || (text.first != 0x3A && text.last != 0x3A) else { return false }
    if text.first == 0x3A, text.dropFirst().first != 0x3A { return false }
    if text.last == 0x3A, text.dropLast().last != 0x3A { return false }
    count += groups.filter { !$0.isEmpty }.count
    guard groups.allSatisfy({ $0.count <= 4 }) else { return false }
    // Two colons and one digit are no address that anybody has.
    return gaps == 1 ? (2...7).contains(count) : count == 8
  }
}
