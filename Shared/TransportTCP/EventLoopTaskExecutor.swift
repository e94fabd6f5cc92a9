internal import NIOCore

/// Runs the jobs of tasks on an event loop, so that an async handler costs no change of thread. NIO's
/// loops are serial executors only.
final class EventLoopTaskExecutor: TaskExecutor {
  private let eventLoop: any EventLoop

  init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // As a job of both executors: where a task goes on to an actor of this loop, it does so at once.
    eventLoop.execute {
      unsafe job.runSynchronously(
        isolatedTo: self.eventLoop.executor.asUnownedSerialExecutor(),
        taskExecutor: self.asUnownedTaskExecutor())
    }
  }
}
