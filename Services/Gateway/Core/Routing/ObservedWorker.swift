/// A worker's lease, as the registry last told it.
package struct ObservedWorker: Sendable, Hashable {
  package var id: String
  package var version: UInt32
  /// host:port
  package var endpoint: String
  package var isDraining: Bool
  /// It takes suspects only: calls with which workers died.
  package var isQuarantine: Bool
  /// Calls waiting for the engine when the worker last said so.
  package var queueDepth: UInt32
  /// Nanoseconds since 1970, by the registry's clock.
  package var expiresAtNanoseconds: Int64

  package init(
    id: String, version: UInt32, endpoint: String, isDraining: Bool = false,
    isQuarantine: Bool = false, queueDepth: UInt32 = 0,
    expiresAtNanoseconds: Int64 = .max
  ) {
    self.id = id
    self.version = version
    self.endpoint = endpoint
    self.isDraining = isDraining
    self.isQuarantine = isQuarantine
    self.queueDepth = queueDepth
    self.expiresAtNanoseconds = expiresAtNanoseconds
  }
}
