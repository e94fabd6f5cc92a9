internal import ArgumentParser

/// `--version N` or `--version N=WEIGHT`.
struct VersionWeight: ExpressibleByArgument, Sendable, Hashable {
  var version: UInt32
  /// Per cent of the traffic; nil for a share of what the others leave.
  var weight: UInt32?

  init(version: UInt32, weight: UInt32? = nil) {
    self.version = version
    self.weight = weight
  }

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let version = UInt32(parts[0]), version > 0 else {
      return nil
    }
    self.version = version
    if parts.count == 2 {
      guard let weight = UInt32(parts[1]), weight <= 100 else { return nil }
      self.weight = weight
    }
  }
}
