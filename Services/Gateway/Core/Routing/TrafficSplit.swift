/// The shares of a model's traffic.
///
/// Versions are laid out newest first, so that a canary that grows keeps the callers that it has.
struct TrafficSplit: Sendable, Hashable {
  private(set) var shares: [Share] = []
  private(set) var total: UInt64 = 0

  struct Share: Sendable, Hashable {
    var version: UInt32
    var weight: UInt32
    /// Points below this one, and not below the share before, belong to the version.
    var end: UInt64
  }

  /// Versions without weight get nothing.
  init(_ weights: [(version: UInt32, weight: UInt32)]) {
    for (version, weight) in weights.sorted(by: { $0.version > $1.version }) where weight > 0 {
      total += UInt64(weight)
      shares.append(Share(version: version, weight: weight, end: total))
    }
  }

  init(_ targets: [ObservedModel.Target]) {
    self.init(targets.map { ($0.version, $0.weight) })
  }

  var isEmpty: Bool { shares.isEmpty }

  var versions: Set<UInt32> { Set(shares.lazy.map(\.version)) }

  /// The same split without the versions that are not in `versions`.
  func keeping(_ versions: Set<UInt32>) -> TrafficSplit {
    TrafficSplit(shares.filter { versions.contains($0.version) }.map { ($0.version, $0.weight) })
  }

  /// The version at `point`, a number spread evenly over all of `UInt64`; `nil` if the split is empty.
  func version(at point: UInt64) -> UInt32? {
    let scaled = point.multipliedFullWidth(by: total).high
    for share in shares where scaled < share.end { return share.version }
    return nil
  }
}
