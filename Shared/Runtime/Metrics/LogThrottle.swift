internal import Synchronization

/// Lets one event of a kind through in a while, and counts the others.
final class LogThrottle: Sendable {
  private struct Kind {
    var passedAt: ContinuousClock.Instant
    var unsaid = 0
  }

  private let interval: Duration
  private let kinds = Mutex<[String: Kind]>([:])
  /// Kinds that are told apart: what names them may come from a peer.
  private static let kindsMax = 100

  init(interval: Duration = .seconds(10)) {
    self.interval = interval
  }

  /// - Returns: how many of its kind were not let through since the last one was; `nil` for another such.
  func pass(_ kind: String, at now: ContinuousClock.Instant) -> Int? {
    kinds.withLock { kinds in
      let kind = kinds[kind] == nil && kinds.count >= Self.kindsMax ? "" : kind
      guard let known = kinds[kind], known.passedAt.advanced(by: interval) > now else {
        let unsaid = kinds[kind]?.unsaid ?? 0
        kinds[kind] = Kind(passedAt: now)
        return unsaid
      }
      kinds[kind]?.unsaid += 1
      return nil
    }
  }
}
