/// Nested so that only a fuzzer that follows coverage gets to the end: blind chance would need four
/// billion tries.
enum CanaryCheck {
  static func violation(in bytes: [UInt8]) -> String? {
    guard bytes.count == 4 else { return nil }
    if bytes[0] == UInt8(ascii: "s") {
      if bytes[1] == UInt8(ascii: "l") {
        if bytes[2] == UInt8(ascii: "i") {
          if bytes[3] == UInt8(ascii: "p") { return "the canary was found, as it must be" }
        }
      }
    }
    return nil
  }
}
