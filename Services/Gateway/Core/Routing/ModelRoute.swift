/// The routes of one model.
struct ModelRoute: Sendable, Hashable {
  let name: String
  let hashSeed: UInt64
  /// Versions that are deployed or have workers, by number.
  let versions: [VersionRoute]
  let aliases: [String: UInt32]
  /// Who gets the calls that name no version. Only versions with workers are in it, if any has one.
  let split: TrafficSplit
  /// Who got them before a version left `split`.
  let former: TrafficSplit
  /// Every version there is, by number.
  let known: [UInt32]

  /// - Parameters:
  ///   - versions: by number.
  ///   - previous: what was routed before. While no version of a new deployment has a worker, the
  ///     callers stay where they were, or go back to where they came from: a promotion must not cost
  ///     a call, nor a rollback to a version whose last worker was told to stop a moment ago.
  init(_ model: ObservedModel, versions: [VersionRoute], previous: ModelRoute?) {
    name = model.name
    hashSeed = RoutingHash.seed(model: model.name)
    self.versions = versions
    aliases = model.aliases
    known = model.versions.sorted()

    // Those that have no worker because nobody called keep their share: the next call starts one.
    let asleep = Set(
      model.targets.lazy.filter { $0.followsLoad && $0.replicas == 0 }.map(\.version))
    let live = Set(versions.lazy.filter { !$0.workers.isEmpty }.map(\.number)).union(asleep)
    let desired = TrafficSplit(model.targets)
    split = Self.split(desired, live: live, previous: previous)
    former = Self.former(to: split, previous: previous)
  }

  private static func split(
    _ desired: TrafficSplit, live: Set<UInt32>, previous: ModelRoute?
  ) -> TrafficSplit {
    guard !desired.isEmpty else { return desired }
    let candidates = [desired, previous?.split, previous?.former]
    for case let candidate? in candidates {
      let reachable = candidate.keeping(live)
      if !reachable.isEmpty { return reachable }
    }
    return desired
  }

  private static func former(to split: TrafficSplit, previous: ModelRoute?) -> TrafficSplit {
    guard let previous else { return TrafficSplit([ObservedModel.Target]()) }
    let hasLost = !previous.split.versions.isSubset(of: split.versions)
    return hasLost ? previous.split : previous.former
  }

  /// Place of the version in ``versions``; there are few, and a binary search allocates nothing.
  func index(of version: UInt32) -> Int? {
    var low = 0
    var high = versions.count
    while low < high {
      let middle = (low + high) / 2
      if versions[middle].number < version { low = middle + 1 } else { high = middle }
    }
    return low < versions.count && versions[low].number == version ? low : nil
  }
}
