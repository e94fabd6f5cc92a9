import Base
import Synchronization

/// A clock that moves when a test says so.
final class ManualClock: MonotonicClock {
  private let instant = Mutex(MonotonicInstant(nanoseconds: 1_000_000_000))

  var now: MonotonicInstant { instant.withLock { $0 } }

  func advance(by duration: Duration) {
    instant.withLock { $0 = $0.advanced(by: duration) }
  }
}
