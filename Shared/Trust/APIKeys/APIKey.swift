/// A client's key in its text form, `slip_<environment>_<id>_<secret>_<checksum>`.
///
/// The checksum tells a typing error from a wrong key without asking anybody; the fixed beginning lets
/// scanners find keys in places where they should not be. Describing a key never shows its secret.
package struct APIKey: Sendable, Hashable, CustomStringConvertible {
  /// Where the key is good, such as `prod`: 1 to 16 of `a-z` and `0-9`.
  package let environment: String
  /// Names the key; no secret. 12 base62 digits.
  package let id: String
  /// The whole key. A secret: to be shown once to its owner and to be stored nowhere.
  package let text: String

  package static let prefix = "slip"
  package static let environmentBytesMax = 16
  package static let idDigits = 12
  /// 43 base62 digits drawn evenly hold 256 bits.
  package static let secretDigits = 43
  /// A CRC-32 in base62.
  package static let checksumDigits = 6
  package static let textBytesMax =
    prefix.utf8.count + environmentBytesMax + idDigits + secretDigits + checksumDigits + 4

  /// Draws a new key.
  package static func generate(
    environment: String, using random: inout some RandomNumberGenerator
  ) throws(APIKeyError) -> APIKey {
    guard isEnvironment(environment) else { throw .environment(environment) }
    let id = Base62.digits(idDigits, using: &random)
    let secret = Base62.digits(secretDigits, using: &random)
    let body = "\(prefix)_\(environment)_\(id)_\(secret)"
    return APIKey(environment: environment, id: id, text: "\(body)_\(checksum(body))")
  }

  /// Reads a key.
  ///
  /// - Throws: what is wrong with the form, for the key's owner; it never repeats the secret. A server
  ///   tells a stranger none of this.
  package init(_ text: String) throws(APIKeyError) {
    guard text.utf8.count <= Self.textBytesMax else { throw .length(bytes: text.utf8.count) }
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 5 else { throw .parts(count: parts.count) }
    guard parts[0] == Self.prefix else { throw .prefix }
    guard Self.isEnvironment(parts[1]) else { throw .environment(String(parts[1])) }
    guard Base62.isNumber(parts[2], digits: Self.idDigits) else {
      throw .digits(part: "id", expected: Self.idDigits, found: parts[2].utf8.count)
    }
    guard Base62.isNumber(parts[3], digits: Self.secretDigits) else {
      throw .digits(part: "secret", expected: Self.secretDigits, found: parts[3].utf8.count)
    }
    guard Base62.isNumber(parts[4], digits: Self.checksumDigits) else {
      throw .digits(part: "checksum", expected: Self.checksumDigits, found: parts[4].utf8.count)
    }
    let body = text.dropLast(Self.checksumDigits + 1)
    guard Self.checksum(body) == parts[4] else { throw .checksum }
    self.init(environment: String(parts[1]), id: String(parts[2]), text: text)
  }

  private init(environment: String, id: String, text: String) {
    self.environment = environment
    self.id = id
    self.text = text
  }

  package var description: String { "\(Self.prefix)_\(environment)_\(id)_…" }

  private static func isEnvironment(_ text: some StringProtocol) -> Bool {
    (1...environmentBytesMax).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) }
  }

  private static func checksum(_ body: some StringProtocol) -> String {
    Base62.text(CRC32.checksum(body.utf8), digits: checksumDigits)
  }
}

extension APIKey: CustomReflectable {
  /// Keeps the secret out of dumps and test failures.
  package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
