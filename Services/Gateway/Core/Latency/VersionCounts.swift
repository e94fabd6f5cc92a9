/// What became of a version's calls through this gateway since it started.
package struct VersionCounts: Sendable, Hashable {
  package var requests: UInt64 = 0
  /// Calls that ended with anything but `ok`.
  package var failures: UInt64 = 0
  package var latency = LatencyHistogram()

  package init() {}

  package mutating func merge(_ other: VersionCounts) {
    requests &+= other.requests
    failures &+= other.failures
    latency.merge(other.latency)
  }
}
