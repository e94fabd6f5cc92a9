internal import Dispatch

/// A serial queue that runs both jobs of actors and plain work, in the order they came.
final class SerialQueue: SerialExecutor {
  private let queue = DispatchQueue(label: "slipway.in-process")
  /// Marks the queue, so that what runs on it can be told.
  private let mark = DispatchSpecificKey<Bool>()

  init() {
    queue.setSpecific(key: mark, value: true)
  }

  func execute(_ work: @escaping @Sendable () -> Void) {
    queue.async(execute: work)
  }

  func execute(after nanoseconds: Int, _ work: @escaping @Sendable () -> Void) {
    queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds), execute: work)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  func isIsolatingCurrentContext() -> Bool? { DispatchQueue.getSpecific(key: mark) ?? false }

  func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }
}
