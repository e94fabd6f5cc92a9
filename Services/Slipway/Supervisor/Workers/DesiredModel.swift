package import Base

/// How many workers of which versions of one model there should be.
package struct DesiredModel: Sendable, Hashable {
  package var model: String
  package var environment: String
  /// Replicas by version; never 0.
  package var replicas: [UInt32: Int]
  /// When this was heard.
  package var since: MonotonicInstant

  package init(
    model: String, environment: String = "production", replicas: [UInt32: Int],
    since: MonotonicInstant
  ) {
    self.model = model
    self.environment = environment
    self.replicas = replicas.filter { $0.value > 0 }
    self.since = since
  }
}
