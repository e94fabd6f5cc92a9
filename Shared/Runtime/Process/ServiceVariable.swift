package import Trust

/// A variable of the environment that services read. `Shared/Docs/machines.md` has the same ones.
package struct ServiceVariable: Sendable {
  package let name: String
  package let meaning: String
  /// What holds where it is not set.
  package let fallback: String
  package let roles: Set<ServiceRole>

  private init(
    _ name: String, _ meaning: String, _ fallback: String,
    of roles: Set<ServiceRole> = Self.everyRole
  ) {
    self.name = name
    self.meaning = meaning
    self.fallback = fallback
    self.roles = roles
  }

  private static let everyRole: Set<ServiceRole> =
    Set(ServiceRole.allCases).subtracting([.supervisor])
  private static let mustBeSet = "must be set"

  package static let all = [
    ServiceVariable("SLIPWAY_STATE", "the state directory", mustBeSet),
    ServiceVariable("SLIPWAY_LISTEN", "host:port of calls", "127.0.0.1:0, a free port"),
    ServiceVariable(
      "SLIPWAY_OPS_LISTEN", "host:port of /metrics and /health", "127.0.0.1:0, a free port"),
    ServiceVariable(
      "SLIPWAY_CERTS", "the folder with authority.pem, ROLE.pem and ROLE.key",
      "none: loopback only, without TLS"),
    ServiceVariable(
      "SLIPWAY_LATENCY",
      "1: poll up to 50 us before sleeping, for calls between services", "0: sleep at once"),
    ServiceVariable(
      "SLIPWAY_LOG_LEVEL", "trace, debug, info, notice, warning, error or critical", "info"),
    ServiceVariable("SLIPWAY_LOG_FORMAT", "text or json", "text"),
    ServiceVariable(
      "SLIPWAY_IDLE_TIMEOUT", "seconds without a call after which a connection is closed", "300"),
    ServiceVariable(
      "SLIPWAY_CONNECTIONS_MAX", "connections at once",
      "16384, or as many as it may open files for"),
    ServiceVariable(
      "SLIPWAY_CONNECTIONS_PER_PRINCIPAL", "connections at once of one principal", "1024"),
    ServiceVariable(
      "SLIPWAY_HANDSHAKES_PER_ADDRESS", "connections at once of one address that are not signed in",
      "1024"),
    ServiceVariable(
      "SLIPWAY_HELD_MEBIBYTES", "memory for requests that are not answered, of all connections",
      "512, or an eighth of the machine's"),
    ServiceVariable(
      "SLIPWAY_KEPT_MEBIBYTES",
      "memory for parts of frames and for answers that nobody takes, of all connections",
      "512, or an eighth of the machine's"),
    ServiceVariable(
      "SLIPWAY_SUPERVISED", "1: end when standard input does, as under `slipway up`", "not set"),
    ServiceVariable(
      "SLIPWAY_REGISTRY", "host:port of the registry", mustBeSet, of: [.gateway, .inferenceWorker]),
    ServiceVariable("SLIPWAY_MONITOR", "host:port of the monitor", mustBeSet, of: [.gateway]),
    ServiceVariable(
      "SLIPWAY_BODY_SAMPLE",
      "calls of a hundred whose inputs and outputs the monitor gets", "100", of: [.gateway]),
    ServiceVariable(
      "SLIPWAY_RECORD_DAYS", "days that records of calls and labels are kept", "400",
      of: [.monitor]),
    ServiceVariable(
      "SLIPWAY_PAYLOAD_DAYS", "days that inputs and outputs are kept", "30", of: [.monitor]),
    ServiceVariable(
      "SLIPWAY_CONTENT_GOVERNOR", "host:port of the content-governor, which keeps the log",
      "must be set for a gateway; others' entries for the log wait",
      of: [.gateway, .registry, .monitor]),
    ServiceVariable(
      "SLIPWAY_KEY_ENVIRONMENT", "the environment that new API keys name", "live", of: [.gateway]),
    ServiceVariable(
      "SLIPWAY_TRUST_FILE", "whose approvals count", "STATE/trust.json",
      of: [.registry, .inferenceWorker]),
    ServiceVariable(
      "SLIPWAY_ADVERTISE", "host or host:port that gateways reach it by",
      "where it listens; must be set where that is every address", of: [.inferenceWorker]),
    ServiceVariable("SLIPWAY_MODEL", "the model to serve", mustBeSet, of: [.inferenceWorker]),
    ServiceVariable(
      "SLIPWAY_VERSION", "the number of its version", mustBeSet, of: [.inferenceWorker]),
    ServiceVariable(
      "SLIPWAY_ENVIRONMENT", "the environment that approvals must be for", "production",
      of: [.inferenceWorker]),
    ServiceVariable(
      "SLIPWAY_WORKER_ID", "its name among the workers", "MODEL-VERSION-HOST-PROCESS",
      of: [.inferenceWorker]),
    ServiceVariable(
      "SLIPWAY_CACHE", "the folder of fetched models, which workers of a machine share",
      "STATE/cache", of: [.inferenceWorker]),
    ServiceVariable(
      "SLIPWAY_MEMORY_MAX", "bytes of private memory, after which taking more fails",
      "the machine's memory", of: [.inferenceWorker]),
    ServiceVariable(
      "SLIPWAY_QUEUE_MAX", "calls that may wait for the engine", "256", of: [.inferenceWorker]),
    ServiceVariable(
      "SLIPWAY_ENGINE_THREADS", "threads of the engine", "one for each processor, at most 4",
      of: [.inferenceWorker]),
    ServiceVariable(
      "SLIPWAY_QUARANTINE", "1: take only calls with which other workers died", "not set",
      of: [.inferenceWorker]),
    ServiceVariable(
      "SLIPWAY_RUN_TIMEOUT",
      "seconds that one run of the engine may take; one that does not end then ends the worker",
      "60",
      of: [.inferenceWorker]),
    ServiceVariable(
      "SLIPWAY_PREFIX", "its lib folder is looked at for ONNX Runtime, last",
      "only ../lib and the executable's folder", of: [.inferenceWorker]),
  ]
}
