/// A worker that was refused for good, and why.
package struct ParkedWorker: Sendable, Hashable, Codable {
  package var id: String
  package var model: String
  package var version: UInt32
  /// What it said last.
  package var reason: String

  package init(id: String, model: String, version: UInt32, reason: String) {
    self.id = id
    self.model = model
    self.version = version
    self.reason = reason
  }
}
