internal import Contracts
internal import RPC
internal import SlipwaySupervisor

/// Waits until the workers of a deployment serve, or until it is known that one will not.
struct DeploymentWait {
  private static let interval = Duration.milliseconds(100)
  /// How long a worker may wait for room, which old ones that drain are about to leave.
  private static let roomPatience = Duration.seconds(5)

  let session: Session
  let timeout: Duration

  /// - Throws: `refused` for a worker that can't or may not run here, with the reason; `unavailable` after
  ///   the timeout, with what is missing.
  func run(_ deployment: Registry.Deployment) async throws {
    let bar = ProgressBar(
      "waiting", output: session.context.output, isVisible: !session.isJSON)
    defer { bar.end() }
    let deadline = ContinuousClock.now + timeout
    var roomDeadline: ContinuousClock.Instant?
    while true {
      let model = try await session.model(deployment.model)
      let missing = Self.missing(deployment, in: model)
      let total = deployment.targets.reduce(0) { $0 + UInt64($1.replicas) }
      if missing.isEmpty { return }
      let lost = session.absentWorkers.first { Self.isLost($0, for: deployment) }
      roomDeadline = lost == nil ? nil : roomDeadline ?? ContinuousClock.now + Self.roomPatience
      if let absent = lost, absent.state == .parked || ContinuousClock.now >= roomDeadline ?? .now {
        throw ToolError(
          .refused, "`\(absent.id)` does not run: \(absent.reason)",
          advice:
            "what served before goes on; `slipway status` shows this, and the deployment stands")
      }
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

  /// Whether a worker of this deployment will not serve by itself.
  private static func isLost(_ worker: AbsentWorker, for deployment: Registry.Deployment) -> Bool {
    worker.model == deployment.model && worker.revision == deployment.revision
      && worker.state != .failing
      && deployment.targets.contains { $0.version == worker.version }
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
