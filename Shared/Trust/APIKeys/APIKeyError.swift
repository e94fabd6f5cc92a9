/// What is wrong with the form of a key. Never worth a retry; never holds any of the secret.
package enum APIKeyError: Error, Sendable, Hashable, CustomStringConvertible {
  case length(bytes: Int)
  case parts(count: Int)
  case prefix
  case environment(String)
  case digits(part: String, expected: Int, found: Int)
  case checksum

  package var description: String {
    switch self {
    case .length(let bytes):
      "expected a key of at most \(APIKey.textBytesMax) characters, got \(bytes); copy it again"
    case .parts(let count):
      "expected a key like `slip_<environment>_<id>_<secret>_<checksum>`, five parts, got \(count)"
    case .prefix:
      "expected a key that begins with `\(APIKey.prefix)_`"
    case .environment(let text):
      "expected 1 to \(APIKey.environmentBytesMax) of a-z and 0-9 as the key's environment, "
        + "got `\(text.prefix(32))`"
    case .digits(let part, let expected, let found):
      "expected \(expected) letters and digits as the key's \(part), got \(found) characters; "
        + "copy it again"
    case .checksum:
      "the key's checksum does not match, so it has a typing error; copy it again"
    }
  }
}
