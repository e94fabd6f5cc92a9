/// A worker that should run and does not, and why.
package struct AbsentWorker: Sendable, Hashable, Codable {
  package enum State: String, Sendable, Codable {
    /// It was refused or given up, and is not started again before somebody changes the deployment.
    case parked
    /// It ends again and again before it serves; it is tried again.
    case failing
    /// It is not started before there is room for it.
    case waiting
  }

  package var id: String
  package var model: String
  package var version: UInt32
  package var state: State
  /// What it said last, or what it waits for.
  package var reason: String
  /// Of the deployment that wanted it.
  package var revision: UInt64

  package init(
    id: String, model: String, version: UInt32, state: State = .parked, reason: String,
    revision: UInt64 = 0
  ) {
    self.id = id
    self.model = model
    self.version = version
    self.state = state
    self.reason = reason
    self.revision = revision
  }
}
