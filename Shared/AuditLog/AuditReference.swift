/// Who acted, or what was acted on: a kind of thing and its name there.
///
/// The kind is public in a log leaf; the name of a person never is (see `AuditEntry`).
package struct AuditReference: Hashable, Sendable, CustomStringConvertible {
  package enum Kind: String, CaseIterable, Sendable {
    case person
    case principal
    case key
    case service
    case worker
    case model
    case version
    case alias
    case policy
    case deployment
    case setting
    /// Content under review.
    case item
    case template
    case workflow
    /// A network address or another origin that is no principal, as for refused sign-ins.
    case source
  }

  package static let nameLengthMaxBytes = 256

  package let kind: Kind
  package let name: String

  package init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }

  package var description: String { "\(kind.rawValue):\(name)" }

  /// Reads the text that `description` writes.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])),
      parts[1].utf8.count <= Self.nameLengthMaxBytes
    else { return nil }
    self.init(kind, String(parts[1]))
  }
}
