import Synchronization
import Trust

/// Time that stands still until a test moves it.
final class ManualClock: Sendable {
  private let time = Mutex(Timestamp(millisecondsSinceEpoch: 1_795_000_000_000))

  var now: Timestamp { time.withLock { $0 } }

  func advance(by duration: Duration) {
    time.withLock { $0 = $0.adding(duration) }
  }
}
