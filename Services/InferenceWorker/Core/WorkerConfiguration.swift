/// Everything that a worker is told when it starts.
package struct WorkerConfiguration: Sendable {
  package static let environmentDefault = "production"
  /// At a millisecond a call this is a quarter of a second of waiting.
  package static let queueMaxDefault = 256
  /// Each waiting call holds its tensors in memory.
  package static let queueMaxMax = 100_000
  package static let engineThreadsMax = 256
  /// Seconds: a day.
  package static let runTimeoutMax = 86_400
  /// Without a setting a worker takes a thread for each processor, but leaves room for its neighbours.
  package static let engineThreadsDefaultMax = 4

  package var workerID: String
  package var model: String
  package var version: UInt32
  /// Whose approvals count.
  package var environment = WorkerConfiguration.environmentDefault
  /// Folder of the model cache; workers of one host share it.
  package var cacheFolder: String
  /// It takes calls with which other workers died, and no others.
  package var isQuarantine = false
  /// Calls that may wait for the engine.
  package var queueMax = WorkerConfiguration.queueMaxDefault
  /// Calls that run in the engine at once.
  package var engineThreads = 1
  /// What one run of the engine may take.
  package var runTimeout = RunWatch.runTimeoutDefault
  package var engineOptions = EngineOptions()
  package var host = ""
  package var processID: UInt32 = 0
  /// How long calls are still taken once the lease is given back: gateways need a moment to learn it.
  package var drainGrace: Duration = .milliseconds(500)
  /// How long calls that were taken may go on; after that they are ended.
  package var drainTimeout: Duration = .seconds(30)

  package init(workerID: String, model: String, version: UInt32, cacheFolder: String) {
    self.workerID = workerID
    self.model = model
    self.version = version
    self.cacheFolder = cacheFolder
  }
}
