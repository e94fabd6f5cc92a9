internal import Contracts

/// How the traffic of a model is shared out: pure functions from what is to what shall be.
enum TrafficSplit {
  /// Targets for the versions of a command line. Weights that are not given share what is left.
  static func targets(
    _ versions: [VersionWeight], replicas: UInt32
  ) throws(ToolError) -> [Registry.Target] {
    let given = versions.compactMap(\.weight).reduce(0, +)
    let open = UInt32(versions.count { $0.weight == nil })
    guard Set(versions.map(\.version)).count == versions.count else {
      throw ToolError(.usage, "expected each version once")
    }
    guard open == 0 ? given == 100 : given + open <= 100 else {
      throw ToolError(.usage, "the weights add up to \(given): expected 100")
    }
    var rest = 100 - given
    var left = open
    return versions.map { version in
      var weight = version.weight ?? 0
      if version.weight == nil {
        weight = rest / left + (rest % left > 0 ? 1 : 0)
        rest -= weight
        left -= 1
      }
      return Registry.Target(version: version.version, replicas: replicas, weight: weight)
    }
  }

  /// `weight` per cent for one version, and what is left for the others in their proportion.
  static func canary(
    _ current: [Registry.Target], version: UInt32, weight: UInt32, replicas: UInt32
  ) throws(ToolError) -> [Registry.Target] {
    guard (1...99).contains(weight) else {
      throw ToolError(.usage, "a canary takes \(weight) %: expected 1 to 99")
    }
    var others = current.filter { $0.version != version }
    let sum = others.reduce(0) { $0 + $1.weight }
    guard sum > 0 else {
      throw ToolError(
        .refused, "no other version is deployed that version \(version) could be a canary of",
        advice: "deploy it with `slipway deploy`")
    }
    var rest = 100 - weight
    var restSum = sum
    for index in others.indices where others[index].weight > 0 {
      let share = (rest * others[index].weight + restSum / 2) / restSum
      restSum -= others[index].weight
      rest -= share
      others[index].weight = share
    }
    return others + [Registry.Target(version: version, replicas: replicas, weight: weight)]
  }

  /// All of the traffic for one version, with as many workers as the busiest version had, and following
  /// the load as that one did unless a number is given.
  static func promote(
    _ current: [Registry.Target], version: UInt32, replicas: UInt32?
  ) -> [Registry.Target] {
    let busiest = current.max { $0.replicas < $1.replicas }
    let own = current.first { $0.version == version }
    return [
      Registry.Target(
        version: version, replicas: replicas ?? max(1, busiest?.replicas ?? 1), weight: 100,
        scaling: replicas == nil ? own?.scaling ?? busiest?.scaling : nil)
    ]
  }
}
