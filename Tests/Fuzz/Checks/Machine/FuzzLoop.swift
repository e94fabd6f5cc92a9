import Base
import RPC

/// A loop whose every job runs when the check says so, on the check's own thread; its time moves by hand.
///
/// Touched by that thread only, which is what makes it `Sendable`.
final class FuzzLoop: ConnectionLoop, SerialExecutor, @unchecked Sendable {
  private enum Item {
    case job(UnownedJob)
    case work(@Sendable () -> Void)
  }

  private var items: [Item] = []
  private var timers: [(instant: MonotonicInstant, work: @Sendable () -> Void)] = []
  private var isRunning = false
  private(set) var now = MonotonicInstant(nanoseconds: 1_000_000_000)
  let compression = FrameCompression()

  var executor: any SerialExecutor { self }

  func execute(_ work: @escaping @Sendable () -> Void) {
    items.append(.work(work))
  }

  func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void) {
    timers.append((instant, work))
  }

  func enqueue(_ job: consuming ExecutorJob) {
    items.append(.job(UnownedJob(job)))
  }

  func isIsolatingCurrentContext() -> Bool? { isRunning }

  func checkIsolated() {
    precondition(isRunning, "a connection was touched outside of its loop")
  }

  /// Runs `work`, then everything that came of it.
  func run(_ work: @escaping @Sendable () -> Void) {
    items.append(.work(work))
    isRunning = true
    while !items.isEmpty {
      switch items.removeFirst() {
      case .job(let job): unsafe job.runSynchronously(on: asUnownedSerialExecutor())
      case .work(let work): work()
      }
    }
    isRunning = false
  }

  /// Lets time pass, and runs what was to run by then.
  func advance(by duration: Duration) {
    now = now.advanced(by: duration)
    let due = timers.filter { $0.instant <= now }
    timers.removeAll { $0.instant <= now }
    for timer in due { run(timer.work) }
  }
}
