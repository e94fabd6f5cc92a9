import Contracts

/// What a desired state may be, apart from who approved it.
enum DeploymentRule {
  static let environmentDefault = "production"

  /// No targets at all is a desired state too: nothing of the model runs.
  static func check(
    _ targets: [Registry.Target], limits: RegistryLimits
  ) throws(RegistryError) {
    guard !targets.isEmpty else { return }
    guard targets.count <= limits.targetsMax else {
      throw .invalid("\(targets.count) targets: expected at most \(limits.targetsMax)")
    }
    var versions: Set<UInt32> = []
    for target in targets {
      guard versions.insert(target.version).inserted else {
        throw .invalid("version \(target.version) is there twice: expected each version once")
      }
      try checkReplicas(target, limits: limits)
    }
    let sum = targets.reduce(into: UInt64(0)) { $0 += UInt64($1.weight) }
    guard sum == 100 else {
      throw .invalid("the weights add up to \(sum): expected 100")
    }
  }

  static func checkReplicas(
    _ target: Registry.Target, limits: RegistryLimits
  ) throws(RegistryError) {
    guard target.replicas <= limits.replicasMax else {
      throw .invalid(
        "\(target.replicas) replicas of version \(target.version): "
          + "expected at most \(limits.replicasMax)")
    }
    guard target.replicas > 0 || target.weight == 0 else {
      throw .invalid(
        "version \(target.version) gets \(target.weight) % of the traffic but no replicas: "
          + "expected at least 1")
    }
  }

  /// The state that a rollback goes back to, or nil.
  ///
  /// What is rolled back is the newest version of the current state: the answer is the last earlier
  /// state that ran something and had no part of it. So rolling back a canary ends the canary, and
  /// rolling back a promoted version goes to what ran before its canary began.
  ///
  /// - Parameter history: desired states, newest first; the first is the current one.
  static func rollback(history: [Registry.Deployment]) -> Registry.Deployment? {
    guard let current = history.first else { return nil }
    let newest = current.targets.map(\.version).max()
    return history.dropFirst().first { earlier in
      !earlier.targets.isEmpty && !earlier.targets.contains { $0.version == newest }
    }
  }

  /// `targets` with another number of replicas for one version; 0 for the only version.
  static func scale(
    _ targets: [Registry.Target], version: UInt32, replicas: UInt32, limits: RegistryLimits
  ) throws(RegistryError) -> [Registry.Target] {
    var targets = targets
    let deployed = targets.map { "\($0.version)" }.joined(separator: ", ")
    let found =
      version == 0 && targets.count == 1 ? 0 : targets.firstIndex { $0.version == version }
    guard let index = found else {
      if version == 0, !targets.isEmpty {
        throw .invalid("several versions are deployed: expected one of \(deployed)")
      }
      throw .refused(
        targets.isEmpty
          ? "nothing is deployed: deploy a version first"
          : "version \(version) is not deployed: expected one of \(deployed)")
    }
    targets[index].replicas = replicas
    try checkReplicas(targets[index], limits: limits)
    return targets
  }
}
