/// Values that are the same however they were written: `1`, `1.0` and `true`.
enum CanonicalText {
  static func of(_ number: Double) -> String {
    Int64(exactly: number).map { "\($0)" } ?? "\(number)"
  }

  static func of(_ text: String) -> String {
    switch text.lowercased() {
    case "true": "1"
    case "false": "0"
    default: Double(text).map { of($0) } ?? text
    }
  }
}
