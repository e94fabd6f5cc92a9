internal import Contracts
internal import RPC

/// Waits until the workers of a deployment serve.
struct DeploymentWait {
  private static let interval = Duration.milliseconds(100)

  let session: Session
  let timeout: Duration

  /// - Throws: `unavailable` after the timeout, with what is missing.
  func run(_ deployment: Registry.Deployment) async throws {
    let bar = ProgressBar(
      "waiting", output: session.context.output, isVisible: !session.isJSON)
    defer { bar.end() }
    let deadline = ContinuousClock.now + timeout
    while true {
      let model = try await session.model(deployment.model)
      let missing = Self.missing(deployment, in: model)
      let total = deployment.targets.reduce(0) { $0 + UInt64($1.replicas) }
      if missing.isEmpty { return }
      let absent = missing.values.reduce(0) { $0 + UInt64($1) }
      bar.update(
        done: total - min(total, absent), of: total, detail: "\(total - absent) of \(total) workers"
      )
      guard ContinuousClock.now < deadline else {
        let text = missing.sorted { $0.key < $1.key }.map { "\($0.value) of version \($0.key)" }
        throw ToolError(
          .unavailable,
          "after \(timeout.components.seconds) s these workers do not serve yet: \(text.joined(separator: ", "))",
          advice: "see `slipway workers list` and the log of the suite; the deployment stands")
      }
      try await Task.sleep(for: Self.interval)
    }
  }

  /// Workers that do not serve yet, by version. A newer deployment ends the wait.
  static func missing(
    _ deployment: Registry.Deployment, in model: Registry.Model
  ) -> [UInt32: UInt32] {
    if let current = model.deployment, current.revision > deployment.revision { return [:] }
    var missing: [UInt32: UInt32] = [:]
    for target in deployment.targets {
      let serving = model.leases.count { $0.version == target.version && $0.state == "serving" }
      if serving < Int(target.replicas) {
        missing[target.version] = target.replicas - UInt32(serving)
      }
    }
    return missing
  }
}
