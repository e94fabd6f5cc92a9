/// The routes of one model.
struct ModelRoute: Sendable, Hashable {
  let name: String
  let hashSeed: UInt64
  /// Versions that are deployed or have workers, by number.
  let versions: [VersionRoute]
  let aliases: [String: UInt32]
  /// Who gets the calls that name no version. Only versions with workers are in it, if any has one.
  let split: TrafficSplit
  /// Every version there is, by number.
  let known: [UInt32]

  /// - Parameters:
  ///   - versions: by number.
  ///   - previous: what was routed before. While no version of a new deployment has a worker, the
  ///     callers stay where they were: a promotion or a rollback must not cost a call.
  init(_ model: ObservedModel, versions: [VersionRoute], previous: ModelRoute?) {
    name = model.name
    hashSeed = RoutingHash.seed(model: model.name)
    self.versions = versions
    aliases = model.aliases
    known = model.versions.sorted()

    let live = Set(versions.lazy.filter { !$0.workers.isEmpty }.map(\.number))
    let desired = TrafficSplit(model.targets)
    let reachable = TrafficSplit(model.targets.filter { live.contains($0.version) })
    if !reachable.isEmpty || desired.isEmpty {
      split = reachable
    } else if let previous, previous.split.shares.contains(where: { live.contains($0.version) }) {
      split = previous.split.keeping(live)
    } else {
      split = desired
    }
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
