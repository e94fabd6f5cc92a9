/// The one rule for names of models, aliases and environments.
///
/// Lower-case letters, digits, `.`, `_` and `-`, a letter or digit first, at most 64 bytes: such a
/// name is itself in a path, a URL and a metric label, and no two of them look alike.
enum NameRule {
  static let bytesMax = 64

  static func checkModel(_ name: String) throws(RegistryError) {
    try check(name, what: "model name")
  }

  static func checkEnvironment(_ name: String) throws(RegistryError) {
    try check(name, what: "environment")
  }

  /// An alias is also no number, so that `1` always means version 1.
  static func checkAlias(_ name: String) throws(RegistryError) {
    try check(name, what: "alias")
    if name.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
      throw .invalid("alias `\(name)` is a number: expected a name with a letter in it")
    }
  }

  private static func check(_ name: String, what: String) throws(RegistryError) {
    let isWellFormed =
      (1...bytesMax).contains(name.utf8.count) && name.utf8.allSatisfy(isAllowed)
      && name.utf8.first.map(isAlphanumeric) == true
    guard isWellFormed else {
      throw .invalid(
        "\(what) `\(excerpt(name))`: expected 1 to \(bytesMax) of `a-z`, `0-9`, `.`, `_` and `-`, "
          + "with a letter or digit first")
    }
  }

  /// Input as a message may repeat it: short, one line.
  static func excerpt(_ text: String) -> String {
    let printable = text.unicodeScalars.prefix(80).map { scalar in
      scalar.properties.generalCategory == .control ? "?" : String(scalar)
    }
    return printable.joined() + (text.unicodeScalars.count > 80 ? "…" : "")
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "._-".utf8.contains(byte)
  }
}
