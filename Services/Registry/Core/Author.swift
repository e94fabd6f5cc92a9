import AuditLog

/// Who makes a change: a person's principal, a service, or the registry itself.
package struct Author: Sendable, Hashable {
  package let name: String
  let kind: AuditReference.Kind

  package static func principal(_ name: String) -> Author { Author(name: name, kind: .principal) }

  package static func service(_ role: String) -> Author { Author(name: role, kind: .service) }

  /// For what the registry does by itself when a time is over.
  static let registry = service("registry")
}
