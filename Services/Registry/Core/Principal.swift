/// Who acts: a person's principal at the gateway, a service role, or the registry itself.
package struct Principal: Sendable, Hashable {
  package let name: String

  package init(_ name: String) {
    self.name = name
  }

  /// For what the registry does by itself when a time is over.
  static let registry = Principal("registry")
}
