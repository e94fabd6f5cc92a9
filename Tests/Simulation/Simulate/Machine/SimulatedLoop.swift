import Base
import RPC

/// An event loop of the simulated machine.
final class SimulatedLoop: ConnectionLoop, SerialExecutor, @unchecked Sendable {
  private enum Item {
    case job(UnownedJob)
    case work(@Sendable () -> Void)
  }

  private let simulator: Simulator
  private var items: [Item] = []
  private var isRunning = false
  let compression = FrameCompression()

  init(simulator: Simulator) {
    self.simulator = simulator
  }

  var executor: any SerialExecutor { self }

  var now: MonotonicInstant { simulator.now }

  var isBusy: Bool { !items.isEmpty }

  func execute(_ work: @escaping @Sendable () -> Void) {
    items.append(.work(work))
  }

  func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void) {
    guard instant > now else { return execute(work) }
    guard instant != .distantFuture else { return }
    simulator.schedule(at: instant) { self.execute(work) }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    items.append(.job(UnownedJob(job)))
  }

  func isIsolatingCurrentContext() -> Bool? { isRunning }

  func checkIsolated() {
    precondition(isRunning, "a connection was touched outside of its loop")
  }

  /// Runs what came first.
  func runOne() {
    isRunning = true
    switch items.removeFirst() {
    case .job(let job): unsafe job.runSynchronously(on: asUnownedSerialExecutor())
    case .work(let work): work()
    }
    isRunning = false
  }
}

/// What jobs of the pool see as their executor.
final class SimulatedPool: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    unsafe GlobalJobs.simulator?.enqueue(UnownedJob(job))
  }
}
