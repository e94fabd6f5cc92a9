internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Hears from NIO's loops when they have run all that there was and are about to sleep.
///
/// NIO has this for metrics, and calls it on the loop after each of its turns, once other threads know that
/// they must wake it.
final class PollingTurns: NIOEventLoopMetricsDelegate {
  private let pollers = AtomicLazyReference<Pollers>()

  private final class Pollers: Sendable {
    let byLoop: [ObjectIdentifier: LoopPoller]

    init(_ byLoop: [ObjectIdentifier: LoopPoller]) {
      self.byLoop = byLoop
    }
  }

  /// To be called once, before a connection lives on the loops, which exist only now.
  func begin(_ byLoop: [ObjectIdentifier: LoopPoller]) {
    _ = pollers.storeIfNil(Pollers(byLoop))
  }

  func processedTick(info: NIOEventLoopTickInfo) {
    pollers.load()?.byLoop[info.eventLoopID]?.pollBeforeSleep()
  }
}
