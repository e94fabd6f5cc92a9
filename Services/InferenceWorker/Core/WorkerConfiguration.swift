/// Everything that a worker is told when it starts.
package struct WorkerConfiguration: Sendable {
  package static let environmentDefault = "production"
  /// At a millisecond a call this is a quarter of a second of waiting.
  package static let queueMaxDefault = 256
  package static let engineThreadsMax = 256

  package var workerID: String
  package var model: String
  package var version: UInt32
  /// Whose approvals count.
  package var environment = WorkerConfiguration.environmentDefault
  /// Folder of the model cache; workers of one host share it.
  package var cacheFolder: String
  /// Calls that may wait for the engine.
  package var queueMax = WorkerConfiguration.queueMaxDefault
  /// Calls that run in the engine at once.
  package var engineThreads = 1
  package var engineOptions = EngineOptions()
  package var host = ""
  package var processID: UInt32 = 0
  /// How long calls are still taken once the lease is given back: gateways need a moment to learn it.
  package var drainGrace: Duration = .milliseconds(500)
  /// How long calls that were taken may go on; after that they are ended.
  package var drainTimeout: Duration = .seconds(30)
  /// Of this release, for ServerMetadata.
  package var release = "development"

  package init(workerID: String, model: String, version: UInt32, cacheFolder: String) {
    self.workerID = workerID
    self.model = model
    self.version = version
    self.cacheFolder = cacheFolder
  }

  /// - Throws: `invalid`, naming the setting.
  package func check() throws(WorkerConfigurationError) {
    for (name, text) in [("worker id", workerID), ("model", model), ("cache folder", cacheFolder)]
    where text.isEmpty {
      throw .invalid("the \(name) is empty; expected one")
    }
    guard version > 0 else { throw .invalid("the version is 0; expected 1 or more") }
    guard queueMax > 0 else {
      throw .invalid("the queue's limit is \(queueMax); expected 1 or more")
    }
    guard (1...Self.engineThreadsMax).contains(engineThreads) else {
      throw .invalid(
        "\(engineThreads) engine threads were asked for; expected 1 to \(Self.engineThreadsMax)")
    }
  }
}
