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
    if let scaling = target.scaling { return try check(scaling, of: target, limits: limits) }
    guard target.replicas > 0 || target.weight == 0 else {
      throw .invalid(
        "version \(target.version) gets \(target.weight) % of the traffic but no replicas: "
          + "expected at least 1")
    }
  }

  private static func check(
    _ scaling: Registry.Scaling, of target: Registry.Target, limits: RegistryLimits
  ) throws(RegistryError) {
    guard scaling.max > 0, scaling.min <= scaling.max, scaling.max <= limits.replicasMax else {
      throw .invalid(
        "version \(target.version) is to have \(scaling.min) to \(scaling.max) workers: "
          + "expected 0 or more, and from there on 1 to \(limits.replicasMax)")
    }
    guard scaling.waitTarget <= scalingNanosecondsMax, scaling.idle <= scalingNanosecondsMax else {
      throw .invalid(
        "version \(target.version): `wait_target` and `idle`: expected at most a day of nanoseconds"
      )
    }
  }

  private static let scalingNanosecondsMax: UInt64 = 86_400_000_000_000

  /// As it is stored: a number that follows the load is within its bounds.
  static func settled(_ target: Registry.Target) -> Registry.Target {
    guard let scaling = target.scaling else { return target }
    var target = target
    target.replicas = min(max(target.replicas, scaling.min), scaling.max)
    return target
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

  /// `targets` with another number of replicas for one version, or with one that follows the load; 0 for
  /// the only version.
  static func scale(
    _ targets: [Registry.Target], version: UInt32, replicas: UInt32,
    scaling: Registry.Scaling? = nil, limits: RegistryLimits
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
    if scaling == nil { targets[index].replicas = replicas }
    targets[index].scaling = scaling
    try checkReplicas(targets[index], limits: limits)
    return targets
  }
}
