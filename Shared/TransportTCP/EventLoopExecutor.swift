internal import NIOCore
internal import Synchronization

/// Runs Swift's tasks on an event loop.
///
/// NIO's own executor takes a lock and memory for each job, and can't tell the runtime that a task is
/// where it wants to be. Here the jobs of one turn of the loop cost it one closure, and a task that starts
/// on the loop starts at once.
final class EventLoopExecutor: SerialExecutor {
  /// A job, and whether its task prefers the loop to the global pool.
  private struct Entry {
    var job: UnownedJob
    var isAtHome: Bool
  }

  private struct Jobs {
    var waiting: [Entry] = []
    var isScheduled = false
    /// The loop's own thread is about to make a task runnable that it will run itself.
    var isClaiming = false
    var claimed: UnownedJob?
  }

  private let eventLoop: any EventLoop
  /// Told of each turn that waits, so that a loop that polls goes on with it.
  private let poller: LoopPoller?
  private let jobs = Mutex(Jobs())
  /// For tasks that belong to the loop. What resumes a task hands it to the global pool, and it has to
  /// hop back, unless it prefers another executor.
  let home: HomeExecutor

  init(_ eventLoop: any EventLoop, poller: LoopPoller?) {
    self.eventLoop = eventLoop
    self.poller = poller
    home = HomeExecutor()
    home.loop.withLock { $0 = self }
  }

  /// An executor that hands all its jobs to the loop's.
  final class HomeExecutor: TaskExecutor {
    /// Set once, before anything runs here; the loop's link keeps it.
    fileprivate let loop = Mutex<EventLoopExecutor?>(nil)

    func enqueue(_ job: consuming ExecutorJob) {
      let loop = loop.withLock { $0 }
      loop?.add(UnownedJob(job), isAtHome: true)
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    add(UnownedJob(job), isAtHome: false)
  }

  private func add(_ job: UnownedJob, isAtHome: Bool) {
    let mustSchedule = jobs.withLock { jobs in
      if jobs.isClaiming, eventLoop.inEventLoop {
        jobs.isClaiming = false
        jobs.claimed = job
        return false
      }
      jobs.waiting.append(Entry(job: job, isAtHome: isAtHome))
      defer { jobs.isScheduled = true }
      return !jobs.isScheduled
    }
    guard mustSchedule else { return }
    poller?.jobWaits()
    eventLoop.execute { self.runTurn() }
  }

  /// See ``ConnectionLoop/runNow(_:)``; the task has to prefer ``home``.
  func runNow(_ resume: () -> Void) {
    jobs.withLock { $0.isClaiming = true }
    resume()
    let job = jobs.withLock { jobs in
      defer { jobs.claimed = nil }
      jobs.isClaiming = false
      return jobs.claimed
    }
    if let job { run(job, isAtHome: true) }
  }

  /// Runs the jobs that are there; those that they add have the loop's next turn.
  private func runTurn() {
    poller?.jobsBegin()
    var turn: [Entry] = []
    jobs.withLock { jobs in
      swap(&turn, &jobs.waiting)
      jobs.isScheduled = false
    }
    for entry in turn { run(entry.job, isAtHome: entry.isAtHome) }
  }

  /// A task leaves where it runs at its next step, unless it is told that it is just where it wants to be.
  private func run(_ job: UnownedJob, isAtHome: Bool) {
    if isAtHome {
      unsafe job.runSynchronously(
        isolatedTo: asUnownedSerialExecutor(), taskExecutor: home.asUnownedTaskExecutor())
    } else {
      unsafe job.runSynchronously(on: asUnownedSerialExecutor())
    }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  func isIsolatingCurrentContext() -> Bool? { eventLoop.inEventLoop }

  func checkIsolated() { eventLoop.preconditionInEventLoop() }
}
