internal import NIOCore
internal import Synchronization

/// Runs Swift's tasks on an event loop.
///
/// NIO's own executor takes a lock and memory for each job, and can't tell the runtime that a task is
/// where it wants to be. Here the jobs of one turn of the loop cost it one closure, and a task that begins
/// on the loop begins at once.
final class EventLoopExecutor: SerialExecutor {
  private struct Jobs {
    var waiting: [UnownedJob] = []
    var isScheduled = false
  }

  private let eventLoop: any EventLoop
  /// Told of each turn that waits, so that a loop that polls goes on with it.
  private let poller: LoopPoller?
  private let jobs = Mutex(Jobs())

  init(_ eventLoop: any EventLoop, poller: LoopPoller?) {
    self.eventLoop = eventLoop
    self.poller = poller
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let mustSchedule = jobs.withLock { jobs in
      jobs.waiting.append(job)
      defer { jobs.isScheduled = true }
      return !jobs.isScheduled
    }
    guard mustSchedule else { return }
    poller?.jobWaits()
    eventLoop.execute { self.runTurn() }
  }

  /// Runs the jobs that are there; those that they add have the loop's next turn.
  private func runTurn() {
    poller?.jobsBegin()
    var turn: [UnownedJob] = []
    jobs.withLock { jobs in
      swap(&turn, &jobs.waiting)
      jobs.isScheduled = false
    }
    for job in turn { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  func isIsolatingCurrentContext() -> Bool? { eventLoop.inEventLoop }

  func checkIsolated() { eventLoop.preconditionInEventLoop() }
}
