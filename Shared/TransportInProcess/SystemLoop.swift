package import Base
internal import Dispatch
package import RPC

/// A loop of connections over a serial queue and the machine's own clock.
package final class SystemLoop: ConnectionLoop {
  private let queue = SerialQueue()
  private let clock = SystemMonotonicClock()
  package let compression = FrameCompression()

  package init() {}

  package var executor: any SerialExecutor { queue }

  package var now: MonotonicInstant { clock.now }

  package func execute(_ work: @escaping @Sendable () -> Void) {
    queue.execute(work)
  }

  package func schedule(
    at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void
  ) {
    let wait = min(instant.nanoseconds(since: now), UInt64(Int32.max) * 1_000_000_000)
    queue.execute(after: Int(wait), work)
  }
}
