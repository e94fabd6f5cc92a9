package import Base

/// How many workers of which versions of one model there should be.
package struct DesiredModel: Sendable, Hashable {
  package var model: String
  package var environment: String
  /// Replicas by version; never 0.
  package var replicas: [UInt32: Int]
  /// Versions whose number of workers follows the load.
  package var scaled: Set<UInt32>
  /// Versions that want a worker beside the others, for calls with which workers died.
  package var quarantines: Set<UInt32>
  /// What a worker takes of memory, by version, as far as that is known before one runs.
  package var memoryBytes: [UInt32: UInt64]
  /// Grows with each change of the deployment.
  package var revision: UInt64
  /// When this was heard.
  package var since: MonotonicInstant

  package init(
    model: String, environment: String = "production", replicas: [UInt32: Int],
    scaled: Set<UInt32> = [], quarantines: Set<UInt32> = [], memoryBytes: [UInt32: UInt64] = [:],
    revision: UInt64 = 0,
    since: MonotonicInstant
  ) {
    self.model = model
    self.environment = environment
    self.replicas = replicas.filter { $0.value > 0 }
    self.scaled = scaled
    self.quarantines = quarantines
    self.memoryBytes = memoryBytes
    self.revision = revision
    self.since = since
  }
}
