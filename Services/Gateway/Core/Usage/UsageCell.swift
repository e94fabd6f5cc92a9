/// What is counted apart.
package struct UsageCell: Sendable, Hashable {
  package var keyID: String
  /// Empty for calls that reached no model: a name that a stranger made up must not take memory.
  package var model: String

  package init(keyID: String, model: String) {
    self.keyID = keyID
    self.model = model
  }
}
