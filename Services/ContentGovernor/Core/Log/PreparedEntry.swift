import AuditLog

/// An entry that needs nothing but its place in the log.
struct PreparedEntry: Sendable {
  let identifier: [UInt8]
  let leaf: [UInt8]
  let leafHash: TreeHash
  let beside: LogSegment.Beside

  var byteCount: Int { leaf.count + beside.sealed.count }

  /// Seals the record and makes the leaf.
  ///
  /// - Parameter parties: those of ``names(of:)``.
  init(_ entry: AuditEntry, parties: [Party]) throws {
    let (actor, subject, kind) = (parties[0], parties[1], parties[2])
    let about = parties.dropFirst(3).first
    let key = actor.key.recordKey(
      with: [subject.key] + (about.map { [$0.key] } ?? []), entry: entry.identifier)
    let record = entry.canonicalBytes
    leaf =
      AuditLeaf(
        of: entry, actor: actor.pseudonym, subject: subject.pseudonym,
        commitment: RecordKey.commitment(to: record, opening: key.opening)
      ).canonicalBytes
    leafHash = .leaf(leaf)
    identifier = entry.identifier.bytes
    beside = LogSegment.Beside(
      actor: actor.id, subject: subject.id, about: about?.id ?? 0, kind: kind.id,
      occurredAt: entry.occurredAtMicroseconds, sealed: try key.seal(record))
  }

  /// Whom an entry names: actor, subject, its own kind, and what else it is about.
  static func names(of entry: AuditEntry) -> [Party.Name] {
    [Party.Name(entry.actor), Party.Name(entry.subject), Party.Name(entry.kind)]
      + (entry.about.map { [Party.Name($0)] } ?? [])
  }
}
