internal import Foundation

/// What `slipway up` is told.
package struct SupervisorConfiguration: Sendable {
  package var state: StateDirectory
  package var ports: PortPlan
  /// Folder of the suite's executables.
  package var executables: String
  /// What children inherit, such as `PATH` and `SLIPWAY_LOG_LEVEL`.
  package var environment: [String: String]
  /// Folder of the services' certificates, absolute; without it they speak no TLS.
  package var certificates: String?
  /// Whether services poll for each other's calls before they sleep; as they inherit it if `false`.
  package var polls = false
  /// Processors that workers may use.
  package var cores = ProcessInfo.processInfo.activeProcessorCount
  /// Bytes of memory that all workers may have together; nil for as many as the machine can spare.
  package var memoryBytesMax: UInt64?
  package var restarts = RestartPolicy.Limits()
  /// Between SIGTERM and SIGKILL; workers finish what they took within it.
  package var grace = Duration.seconds(20)
  /// How long new workers serve before old ones drain.
  package var settle = Duration.seconds(1)

  package init(
    state: StateDirectory, ports: PortPlan, executables: String, environment: [String: String]
  ) {
    self.state = state
    self.ports = ports
    self.executables = executables
    self.environment = environment
  }
}
