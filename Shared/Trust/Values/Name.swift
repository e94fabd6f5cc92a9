/// The one rule for the names that are signed or compared: models, versions, environments, people,
/// principals, roles.
///
/// 1 to 128 bytes, a letter or a digit first, then letters, digits and `.` `_` `-` `/` `@` `+` `:`.
/// ASCII only, so that no two names look alike and differ.
package enum Name {
  package static let lengthMaxBytes = 128

  /// What is wrong with `text` as a name, as the end of a sentence, or nil when it is one.
  package static func fault(_ text: String) -> String? {
    guard let first = text.utf8.first else { return "is empty" }
    guard text.utf8.count <= lengthMaxBytes else {
      return "is longer than \(lengthMaxBytes) bytes"
    }
    guard isAlphanumeric(first), text.utf8.allSatisfy({ isAlphanumeric($0) || isPunctuation($0) })
    else {
      return
        "must begin with a letter or a digit and hold only ASCII letters, digits and `._-/@+:`"
    }
    return nil
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    "._-/@+:".utf8.contains(byte)
  }
}
