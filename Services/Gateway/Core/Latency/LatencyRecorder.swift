import Synchronization

/// Counts and times the calls of each version, in one copy per event loop so that loops never wait for
/// each other; readers merge the copies.
package final class LatencyRecorder: Sendable {
  private let stripes: [Stripe]

  private final class Stripe: Sendable {
    /// By version slot.
    let counts = Mutex<[VersionCounts]>([])
  }

  /// - Parameter stripeCount: copies; one for each event loop.
  package init(stripeCount: Int) {
    stripes = (0..<max(1, stripeCount)).map { _ in Stripe() }
  }

  /// Notes a call that has ended.
  ///
  /// - Parameters:
  ///   - versionSlot: of the call's ``Route``.
  ///   - stripe: number of the event loop.
  package func record(versionSlot: Int, nanoseconds: Int64, failed: Bool, stripe: Int) {
    stripes[stripe % stripes.count].counts.withLock { counts in
      if versionSlot >= counts.count {
        counts += Array(repeating: VersionCounts(), count: versionSlot + 1 - counts.count)
      }
      counts[versionSlot].requests &+= 1
      if failed { counts[versionSlot].failures &+= 1 }
      counts[versionSlot].latency.record(nanoseconds: nanoseconds)
    }
  }

  /// Everything so far, by version slot; slots without calls are left out.
  package func snapshot() -> [Int: VersionCounts] {
    var merged: [Int: VersionCounts] = [:]
    for stripe in stripes {
      let counts = stripe.counts.withLock { $0 }
      for (slot, count) in counts.enumerated() where count.requests > 0 {
        merged[slot, default: VersionCounts()].merge(count)
      }
    }
    return merged
  }
}
