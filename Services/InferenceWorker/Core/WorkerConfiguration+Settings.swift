internal import Foundation

/// A worker's settings from its environment.
extension WorkerConfiguration {
  /// Reads `SLIPWAY_MODEL`, `SLIPWAY_VERSION`, `SLIPWAY_WORKER_ID`, `SLIPWAY_ENVIRONMENT`,
  /// `SLIPWAY_CACHE`, `SLIPWAY_QUEUE_MAX`, `SLIPWAY_ENGINE_THREADS` and `SLIPWAY_RUN_TIMEOUT`; only the first
  /// two must be set.
  /// - Parameter setting: a variable's value; `queue.max` is `SLIPWAY_QUEUE_MAX`.
  /// - Throws: `invalid`, naming the variable.
  package init(
    stateDirectory: String, _ setting: (String) -> String?
  ) throws(WorkerConfigurationError) {
    guard let model = setting("model"), !model.isEmpty else {
      throw .invalid("set `SLIPWAY_MODEL`: expected the name of the model to serve")
    }
    let version = try Self.number("version", in: 1...Int(UInt32.max), setting)
    guard let version else {
      throw .invalid("set `SLIPWAY_VERSION`: expected the number of the version to serve")
    }
    let process = ProcessInfo.processInfo
    self.init(
      workerID: setting("worker.id")
        ?? "\(model)-\(version)-\(process.hostName)-\(process.processIdentifier)",
      model: model, version: UInt32(version),
      cacheFolder: setting("cache") ?? "\(stateDirectory)/cache")
    environment = setting("environment") ?? environment
    isQuarantine = setting("quarantine") == "1"
    queueMax = try Self.number("queue.max", in: 1...Self.queueMaxMax, setting) ?? queueMax
    engineThreads =
      try Self.number("engine.threads", in: 1...Self.engineThreadsMax, setting)
      ?? min(process.activeProcessorCount, Self.engineThreadsDefaultMax)
    let seconds = try Self.number("run.timeout", in: 1...Self.runTimeoutMax, setting)
    runTimeout = seconds.map { .seconds($0) } ?? runTimeout
    engineOptions.concurrentRuns = engineThreads
    processID = UInt32(clamping: process.processIdentifier)
    host = process.hostName
  }

  private static func number(
    _ key: String, in range: ClosedRange<Int>, _ setting: (String) -> String?
  ) throws(WorkerConfigurationError) -> Int? {
    guard let text = setting(key), !text.isEmpty else { return nil }
    guard let number = Int(text), range.contains(number) else {
      let variable = "SLIPWAY_" + key.uppercased().replacing(".", with: "_")
      throw .invalid(
        "set `\(variable)`: expected a number from \(range.lowerBound) to \(range.upperBound), "
          + "not \(quoted(text))")
    }
    return number
  }
}
