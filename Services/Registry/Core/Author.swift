/// Who makes a change, for the log: a person's principal, a service role, or the registry itself.
package struct Author: Sendable, Hashable {
  package let name: String

  package init(_ name: String) {
    self.name = name
  }

  /// For what the registry does by itself when a time is over.
  static let registry = Author("registry")
}
