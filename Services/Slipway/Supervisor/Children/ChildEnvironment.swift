internal import Trust

/// What the suite's processes are told by environment.
struct ChildEnvironment: Sendable {
  /// As a worker that nobody tells a number: more serve few models, and cost memory each.
  private static let engineThreadsMax = 4

  let configuration: SupervisorConfiguration

  /// Of a service that owns a port.
  func service(_ role: ServiceRole) -> [String: String] {
    var variables = common
    variables["SLIPWAY_LISTEN"] = configuration.ports.endpoint(of: role)
    variables["SLIPWAY_OPS_LISTEN"] = configuration.ports.opsEndpoint(of: role)
    return variables
  }

  /// Of a worker, which takes free ports.
  func worker(id: String, _ order: WorkerOrder) -> [String: String] {
    var variables = common
    variables["SLIPWAY_LISTEN"] = "127.0.0.1:0"
    variables["SLIPWAY_OPS_LISTEN"] = "127.0.0.1:0"
    variables["SLIPWAY_MODEL"] = order.model
    variables["SLIPWAY_VERSION"] = "\(order.version)"
    variables["SLIPWAY_WORKER_ID"] = id
    variables["SLIPWAY_ENVIRONMENT"] = order.environment
    variables["SLIPWAY_CACHE"] = configuration.state.cache
    variables["SLIPWAY_QUARANTINE"] = order.isQuarantine ? "1" : nil
    if variables["SLIPWAY_ENGINE_THREADS"] == nil {
      variables["SLIPWAY_ENGINE_THREADS"] = "\(min(order.threads, Self.engineThreadsMax))"
    }
    return variables
  }

  private var common: [String: String] {
    var variables = configuration.environment
    // What is for the person's tool, secrets above all, is not for services.
    for name in ["SLIPWAY_KEY", "SLIPWAY_LISTEN", "SLIPWAY_OPS_LISTEN", "SLIPWAY_ADVERTISE"] {
      variables[name] = nil
    }
    variables["SLIPWAY_CERTS"] = configuration.certificates
    if configuration.polls { variables["SLIPWAY_LATENCY"] = "1" }
    variables[Orphans.supervisedVariable] = "1"
    variables["SLIPWAY_STATE"] = configuration.state.path
    variables["SLIPWAY_TRUST_FILE"] = configuration.state.trustFile
    for (name, role) in [
      ("SLIPWAY_REGISTRY", ServiceRole.registry), ("SLIPWAY_GATEWAY", .gateway),
      ("SLIPWAY_MONITOR", .monitor), ("SLIPWAY_CONTENT_GOVERNOR", .contentGovernor),
    ] {
      variables[name] = configuration.ports.endpoint(of: role)
    }
    return variables
  }
}
