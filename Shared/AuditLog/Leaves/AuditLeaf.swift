/// What the Merkle tree holds of an entry, for ever: nothing that must ever be erased.
///
/// Who and what stand here under pseudonyms, and what was said as a commitment that nobody can test
/// guesses against; see `AuditEntry` and `PartyKey`.
package struct AuditLeaf: Hashable, Sendable {
  /// Who acted or what was acted on, without its name.
  package struct Party: Hashable, Sendable {
    package let kind: AuditReference.Kind
    /// 32 hexadecimal digits.
    package let pseudonym: String

    package init(kind: AuditReference.Kind, pseudonym: String) {
      self.kind = kind
      self.pseudonym = pseudonym
    }
  }

  package let identifier: AuditEntryIdentifier
  package let occurredAtMicroseconds: Int64
  package let service: String
  package let kind: AuditKind
  package let actor: Party
  package let subject: Party
  /// HMAC-SHA256 of the record, 64 hexadecimal digits.
  package let commitment: String
  /// The leaf's one spelling, JSON by RFC 8785: what is hashed.
  package let canonicalBytes: [UInt8]

  /// The leaf of an entry.
  package init(of entry: AuditEntry, actor: String, subject: String, commitment: [UInt8]) {
    self.init(
      identifier: entry.identifier, occurredAtMicroseconds: entry.occurredAtMicroseconds,
      service: entry.service, kind: entry.kind,
      actor: Party(kind: entry.actor.kind, pseudonym: actor),
      subject: Party(kind: entry.subject.kind, pseudonym: subject),
      commitment: Self.hexadecimal(commitment))
  }

  private init(
    identifier: AuditEntryIdentifier, occurredAtMicroseconds: Int64, service: String,
    kind: AuditKind, actor: Party, subject: Party, commitment: String
  ) {
    self.identifier = identifier
    self.occurredAtMicroseconds = occurredAtMicroseconds
    self.service = service
    self.kind = kind
    self.actor = actor
    self.subject = subject
    self.commitment = commitment
    let serviceText = String(
      decoding: AuditValue.string(service).canonicalBytes(), as: UTF8.self)
    canonicalBytes = Array(
      (#"{"actor":{"kind":"\#(actor.kind.rawValue)","pseudonym":"\#(actor.pseudonym)"},"#
        + #""commitment":"\#(commitment)","id":"\#(identifier)","kind":"\#(kind.name)","#
        + #""occurredAtMicroseconds":\#(occurredAtMicroseconds),"service":\#(serviceText),"#
        + #""subject":{"kind":"\#(subject.kind.rawValue)","pseudonym":"\#(subject.pseudonym)"},"v":1}"#)
        .utf8)
  }

  /// Reads `canonicalBytes`; nil for anything else.
  package init?(canonicalBytes bytes: [UInt8]) {
    guard case .object(let fields)? = AuditValue.parse(bytes),
      case .string(let text)? = fields["id"], let identifier = AuditEntryIdentifier(text),
      case .integer(let occurredAt)? = fields["occurredAtMicroseconds"],
      case .string(let service)? = fields["service"],
      case .string(let kindName)? = fields["kind"], let kind = AuditKind(kindName),
      let actor = Self.party(fields["actor"]), let subject = Self.party(fields["subject"]),
      case .string(let commitment)? = fields["commitment"], Self.isHexadecimal(commitment, 64)
    else { return nil }
    self.init(
      identifier: identifier, occurredAtMicroseconds: occurredAt, service: service, kind: kind,
      actor: actor, subject: subject, commitment: commitment)
    guard canonicalBytes == bytes else { return nil }
  }

  /// The commitment in the bytes of a leaf, without reading the rest; nil if it is not where it belongs.
  static func commitment(in leaf: ArraySlice<UInt8>) -> String? {
    let mark = Array(#""},"commitment":""#.utf8)
    // Only the kind's length varies before it.
    let start = (leaf.startIndex..<min(leaf.endIndex, leaf.startIndex + 100)).first {
      leaf[$0...].starts(with: mark)
    }
    guard let start, start + mark.count + 64 <= leaf.endIndex else { return nil }
    return String(decoding: leaf[(start + mark.count)..<start + mark.count + 64], as: UTF8.self)
  }

  private static func party(_ value: AuditValue?) -> Party? {
    guard case .object(let fields)? = value, case .string(let kindName)? = fields["kind"],
      let kind = AuditReference.Kind(rawValue: kindName),
      case .string(let pseudonym)? = fields["pseudonym"], isHexadecimal(pseudonym, 32)
    else { return nil }
    return Party(kind: kind, pseudonym: pseudonym)
  }

  private static func isHexadecimal(_ text: String, _ count: Int) -> Bool {
    text.utf8.count == count && text.utf8.allSatisfy { digits.contains($0) }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
