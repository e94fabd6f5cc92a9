package import Base

/// How many workers of which versions of one model there should be.
package struct DesiredModel: Sendable, Hashable {
  package var model: String
  package var environment: String
  /// Replicas by version; never 0.
  package var replicas: [UInt32: Int]
  /// Grows with each change of the deployment.
  package var revision: UInt64
  /// When this was heard.
  package var since: MonotonicInstant

  package init(
    model: String, environment: String = "production", replicas: [UInt32: Int],
    revision: UInt64 = 0, since: MonotonicInstant
  ) {
    self.model = model
    self.environment = environment
    self.replicas = replicas.filter { $0.value > 0 }
    self.revision = revision
    self.since = since
  }
}
