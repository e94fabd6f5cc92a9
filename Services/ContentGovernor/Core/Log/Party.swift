import AuditLog

/// Who or what entries name, with the secret that hides and, once destroyed, erases it.
struct Party: Sendable {
  /// How the log's tables call it. Entries' own kinds stand among them, under a kind of their own.
  struct Name: Hashable, Sendable {
    static let entryKind = "entry"

    let kind: String
    let name: String

    init(_ reference: AuditReference) {
      kind = reference.kind.rawValue
      name = reference.name
    }

    init(_ entryKind: AuditKind) {
      kind = Self.entryKind
      name = entryKind.name
    }
  }

  /// Its row.
  let id: Int64
  let key: PartyKey
  let pseudonym: String

  init(id: Int64, key: PartyKey, name: Name) {
    self.id = id
    self.key = key
    pseudonym =
      AuditReference.Kind(rawValue: name.kind).map {
        key.pseudonym(of: AuditReference($0, name.name))
      } ?? ""
  }
}
