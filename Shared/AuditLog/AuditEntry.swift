/// One line of the transparency log as a service writes it: who did what to what, when and why, and
/// what was so before and after.
///
/// A service appends the entry to its outbox in the transaction of the change itself. From there one
/// drain takes it to the log, where it becomes two things:
///
/// 1. **The record**, `canonicalBytes` unchanged, kept beside the log and encrypted or erasable under
///    a key per person or item. Here stand names, reasons and values.
/// 2. **The leaf**, hashed into the Merkle tree (RFC 9162), which holds nothing that must ever be
///    erased: canonical JSON of `id`, `occurredAtMicroseconds`, `service`, `kind`, the *kinds* of
///    actor and subject with a pseudonym for each name (HMAC under that person's or item's key), and
///    a commitment to the record (HMAC-SHA256 of `canonicalBytes` under the same key).
///
/// So `id` is the idempotency key of the drain, everything in the leaf follows from this entry and
/// the keys, and destroying a key erases a person while every proof goes on verifying. A plain digest
/// of `canonicalBytes` must not be published: what can be guessed can be checked against it.
///
/// Put references here, not content: no prompts, no answers, no secrets.
package struct AuditEntry: Hashable, Sendable {
  /// Room for a diff of settings; keeps one entry from filling an outbox.
  package static let lengthMaxBytes = 64 << 10
  package static let reasonLengthMaxBytes = 4096
  private static let formatVersion: AuditValue = 1

  package let identifier: AuditEntryIdentifier
  /// Microseconds since 1970-01-01T00:00:00Z.
  package let occurredAtMicroseconds: Int64
  /// The executable that wrote the entry.
  package let service: String
  package let kind: AuditKind
  package let actor: AuditReference
  package let subject: AuditReference
  /// In the actor's words; empty when none was asked for.
  package let reason: String
  /// What the change replaced; nil where there was nothing.
  package let before: [String: AuditValue]?
  /// What is so now; nil after a removal.
  package let after: [String: AuditValue]?
  /// The entry's one spelling, JSON by RFC 8785.
  package let canonicalBytes: [UInt8]

  /// - Parameter identifier: a new one when nil.
  package init(
    identifier: AuditEntryIdentifier? = nil, occurredAtMicroseconds: Int64, service: String,
    kind: AuditKind, actor: AuditReference, subject: AuditReference, reason: String = "",
    before: [String: AuditValue]? = nil, after: [String: AuditValue]? = nil
  ) throws(AuditEntryError) {
    self.identifier =
      identifier ?? .generate(occurredAtMicroseconds: occurredAtMicroseconds)
    self.occurredAtMicroseconds = occurredAtMicroseconds
    self.service = service
    self.kind = kind
    self.actor = actor
    self.subject = subject
    self.reason = reason
    self.before = before
    self.after = after
    let value: AuditValue = .object([
      "v": Self.formatVersion,
      "id": .string(self.identifier.description),
      "occurredAtMicroseconds": .integer(occurredAtMicroseconds),
      "service": .string(service),
      "kind": .string(kind.name),
      "actor": Self.value(of: actor),
      "subject": Self.value(of: subject),
      "reason": .string(reason),
      "before": before.map { .object($0) } ?? .null,
      "after": after.map { .object($0) } ?? .null,
    ])
    canonicalBytes = value.canonicalBytes()
    try check()
  }

  /// Reads `canonicalBytes`; any other spelling of the same entry is refused.
  package init(canonicalBytes bytes: [UInt8]) throws(AuditEntryError) {
    guard bytes.count <= Self.lengthMaxBytes else { throw .tooLong(lengthBytes: bytes.count) }
    guard case .object(let fields)? = AuditValue.parse(bytes) else {
      throw .malformed("expected a JSON object without fractions")
    }
    guard case .string(let identifier)? = fields["id"],
      let identifier = AuditEntryIdentifier(identifier),
      case .integer(let occurredAt)? = fields["occurredAtMicroseconds"],
      case .string(let service)? = fields["service"],
      case .string(let kindName)? = fields["kind"], let kind = AuditKind(kindName),
      let actor = Self.reference(fields["actor"]), let subject = Self.reference(fields["subject"]),
      case .string(let reason)? = fields["reason"]
    else { throw .malformed("expected the fields of format 1") }
    try self.init(
      identifier: identifier, occurredAtMicroseconds: occurredAt, service: service, kind: kind,
      actor: actor, subject: subject, reason: reason, before: Self.members(fields["before"]),
      after: Self.members(fields["after"]))
    guard canonicalBytes == bytes else {
      throw .malformed("expected canonical JSON of format 1 and no other fields")
    }
  }

  /// Who or what else the entry is about, beside its actor and its subject: the model of a version, the
  /// holder of a key, the author of an item.
  package var about: AuditReference? {
    switch subject.kind {
    case .version, .alias:
      return AuditReference(.model, String(subject.name.prefix { $0 != "/" }))
    case .deployment: return AuditReference(.model, subject.name)
    case .key: return principal("principal")
    case .item: return principal("author")
    case .worker:
      guard case .string(let model)? = after?["model"] ?? before?["model"] else { return nil }
      return AuditReference(.model, model)
    default: return nil
    }
  }

  private func principal(_ field: String) -> AuditReference? {
    guard case .string(let name)? = after?[field] ?? before?[field],
      (1...AuditReference.nameLengthMaxBytes).contains(name.utf8.count)
    else { return nil }
    return AuditReference(.principal, name)
  }

  private func check() throws(AuditEntryError) {
    guard !service.isEmpty, service.utf8.count <= AuditReference.nameLengthMaxBytes else {
      throw .invalid(field: "service", fault: "must name the service that writes the entry")
    }
    guard AuditValue.integerRange.contains(occurredAtMicroseconds), occurredAtMicroseconds >= 0
    else { throw .invalid(field: "occurredAtMicroseconds", fault: "must lie after 1970") }
    for (field, reference) in [("actor", actor), ("subject", subject)] {
      let length = reference.name.utf8.count
      guard (1...AuditReference.nameLengthMaxBytes).contains(length) else {
        throw .invalid(
          field: field,
          fault:
            "must have a name of 1 to \(AuditReference.nameLengthMaxBytes) bytes, got \(length)")
      }
    }
    guard reason.utf8.count <= Self.reasonLengthMaxBytes else {
      throw .invalid(
        field: "reason", fault: "must be at most \(Self.reasonLengthMaxBytes) bytes long")
    }
    for (field, members) in [("before", before), ("after", after)] {
      if let members, let fault = AuditValue.object(members).fault() {
        throw .invalid(field: field, fault: "is not a small JSON object: \(fault)")
      }
    }
    guard canonicalBytes.count <= Self.lengthMaxBytes else {
      throw .tooLong(lengthBytes: canonicalBytes.count)
    }
  }

  private static func value(of reference: AuditReference) -> AuditValue {
    .object(["kind": .string(reference.kind.rawValue), "name": .string(reference.name)])
  }

  private static func reference(_ value: AuditValue?) -> AuditReference? {
    guard case .object(let members)? = value, case .string(let kindName)? = members["kind"],
      let kind = AuditReference.Kind(rawValue: kindName),
      case .string(let name)? = members["name"]
    else { return nil }
    return AuditReference(kind, name)
  }

  private static func members(_ value: AuditValue?) -> [String: AuditValue]? {
    guard case .object(let members)? = value else { return nil }
    return members
  }
}
