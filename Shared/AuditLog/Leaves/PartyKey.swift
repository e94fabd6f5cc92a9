import Crypto

/// The secret of one person or one item. From it follow the pseudonym under which the log knows them and
/// the keys of the records that name them: destroying it erases both, and no leaf changes.
package struct PartyKey: Sendable {
  package static let lengthBytes = 32
  private let key: SymmetricKey
  package let bytes: [UInt8]

  /// Nil unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.lengthBytes else { return nil }
    self.bytes = bytes
    key = SymmetricKey(data: bytes)
  }

  private init(_ key: SymmetricKey, bytes: [UInt8]) {
    self.key = key
    self.bytes = bytes
  }

  /// A new secret, from the system's random generator.
  package static func generate() -> PartyKey {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<lengthBytes).map { _ in
      UInt8.random(in: .min ... .max, using: &generator)
    }
    return PartyKey(SymmetricKey(data: bytes), bytes: bytes)
  }

  /// The name in leaves: the first 16 bytes of an HMAC of kind and name, as 32 hexadecimal digits.
  package func pseudonym(of reference: AuditReference) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: Array("slipway pseudonym v1\n\(reference)".utf8), using: key)
    return AuditLeaf.hexadecimal(Array(code.prefix(16)))
  }

  /// The key of one record, of which this is the actor's secret and `others` are those of whom else it
  /// names. Without any one of them there is none.
  package func recordKey(
    with others: [PartyKey], entry: AuditEntryIdentifier
  ) -> RecordKey {
    let label = Array("slipway record v1\n\(entry)\n".utf8)
    let code = HMAC<SHA512>.authenticationCode(
      for: others.reduce(label) { $0 + $1.bytes }, using: key)
    return RecordKey(material: Array(code))
  }
}
