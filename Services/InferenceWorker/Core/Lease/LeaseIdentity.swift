/// What a worker says of itself when it takes its lease.
package struct LeaseIdentity: Sendable, Hashable {
  package var workerID: String
  package var model: String
  package var version: UInt32
  /// host:port where it listens.
  package var endpoint: String
  package var processID: UInt32
  package var host: String
  /// It takes calls with which other workers died, and no others.
  package var isQuarantine: Bool

  package init(
    workerID: String, model: String, version: UInt32, endpoint: String, processID: UInt32,
    host: String, isQuarantine: Bool = false
  ) {
    self.workerID = workerID
    self.model = model
    self.version = version
    self.endpoint = endpoint
    self.processID = processID
    self.host = host
    self.isQuarantine = isQuarantine
  }
}
