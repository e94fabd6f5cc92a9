package import Base
package import RPC
internal import Synchronization

/// A loop of connections whose time a test moves by hand.
///
/// Jobs run on one thread of its own at a time, in the order they came; timers run when
/// ``advance(by:)`` reaches them. The same calls in the same order do the same each time.
package final class ManualLoop: ConnectionLoop {
  private struct Timer {
    var instant: MonotonicInstant
    var number: Int
    var work: @Sendable () -> Void
  }

  private struct State {
    var now = MonotonicInstant(nanoseconds: 1_000_000_000)
    var timers: [Timer] = []
    var timerCount = 0
  }

  private let queue = SerialQueue()
  private let state = Mutex(State())
  package let compression = FrameCompression()

  /// Turns that a message and the answer to it take.
  private static let turnsBetweenTimers = 16

  package init() {}

  package var executor: any SerialExecutor { queue }

  package var now: MonotonicInstant { state.withLock { $0.now } }

  /// Timers that have not run.
  package var timerCount: Int { state.withLock { $0.timers.count } }

  package func execute(_ work: @escaping @Sendable () -> Void) {
    queue.execute(work)
  }

  package func schedule(
    at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void
  ) {
    let isDue = state.withLock { state in
      guard instant > state.now else { return true }
      state.timerCount += 1
      state.timers.append(Timer(instant: instant, number: state.timerCount, work: work))
      return false
    }
    if isDue { execute(work) }
  }

  /// Moves the time on, running each timer at its own time. Returns when the last has run.
  package func advance(by duration: Duration) async {
    let end = now.advanced(by: duration)
    while let timer = next(before: end) {
      await run(timer.work)
      // What it has set off is over before the next one runs: on the wire that takes no time here.
      for _ in 0..<Self.turnsBetweenTimers { await settle() }
    }
    state.withLock { $0.now = end }
    await settle()
  }

  /// Returns when everything that was to run by now has run.
  package func settle() async {
    await run {}
  }

  private func run(_ work: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
      execute {
        work()
        continuation.resume()
      }
    }
  }

  private func next(before end: MonotonicInstant) -> Timer? {
    state.withLock { state in
      let due = state.timers.indices.filter { state.timers[$0].instant <= end }
      let first = due.min {
        (state.timers[$0].instant, state.timers[$0].number)
          < (state.timers[$1].instant, state.timers[$1].number)
      }
      guard let first else { return nil }
      let timer = state.timers.remove(at: first)
      state.now = max(state.now, timer.instant)
      return timer
    }
  }
}
