internal import NIOCore
internal import Synchronization

/// Runs Swift's tasks on an event loop.
///
/// NIO's own executor takes a lock and memory for each job, can't tell the runtime that a task is where
/// it wants to be, and is no `TaskExecutor`. Here the jobs of one turn of the loop cost it one closure,
/// and a task that starts on the loop starts at once.
final class EventLoopExecutor: SerialExecutor, TaskExecutor {
  private struct Jobs {
    var waiting: [UnownedJob] = []
    var isScheduled = false
    /// The loop's own thread is about to make a task runnable that it will run itself.
    var isClaiming = false
    var claimed: UnownedJob?
  }

  private let eventLoop: any EventLoop
  private let jobs = Mutex(Jobs())

  init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let mustSchedule = jobs.withLock { jobs in
      if jobs.isClaiming, eventLoop.inEventLoop {
        jobs.isClaiming = false
        jobs.claimed = job
        return false
      }
      jobs.waiting.append(job)
      defer { jobs.isScheduled = true }
      return !jobs.isScheduled
    }
    if mustSchedule { eventLoop.execute { self.run() } }
  }

  func runNow(_ resume: () -> Void) {
    jobs.withLock { $0.isClaiming = true }
    resume()
    let job = jobs.withLock { jobs in
      defer { jobs.claimed = nil }
      jobs.isClaiming = false
      return jobs.claimed
    }
    if let job { run(job) }
  }

  private func run(_ job: UnownedJob) {
    unsafe job.runSynchronously(
      isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
  }

  /// Runs the jobs that are there; those that they add have the loop's next turn.
  private func run() {
    var turn: [UnownedJob] = []
    jobs.withLock { jobs in
      swap(&turn, &jobs.waiting)
      jobs.isScheduled = false
    }
    for job in turn { run(job) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  func asUnownedTaskExecutor() -> UnownedTaskExecutor {
    unsafe UnownedTaskExecutor(ordinary: self)
  }

  func isIsolatingCurrentContext() -> Bool? { eventLoop.inEventLoop }

  func checkIsolated() { eventLoop.preconditionInEventLoop() }
}
