internal import Dispatch
internal import Synchronization

/// A serial queue that runs both jobs of actors and plain work, in the order they came.
final class SerialQueue: SerialExecutor {
  private enum Claim {
    case none
    /// The queue is about to make a job runnable that it will run itself.
    case next
    case job(UnownedJob)
  }

  private let queue = DispatchQueue(label: "slipway.in-process")
  /// Jobs come from other threads as well: a mark tells the queue's own.
  private let mark = DispatchSpecificKey<Bool>()
  private let claim = Mutex(Claim.none)

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
    let isClaimed = claim.withLock { claim in
      guard case .next = claim, DispatchQueue.getSpecific(key: mark) == true else { return false }
      claim = .job(job)
      return true
    }
    guard !isClaimed else { return }
    queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  /// See ``ConnectionLoop/runNow(_:)``.
  func runNow(_ resume: () -> Void) {
    claim.withLock { $0 = .next }
    resume()
    let claimed = claim.withLock { claim in
      defer { claim = .none }
      return claim
    }
    if case .job(let job) = claimed {
      unsafe job.runSynchronously(on: asUnownedSerialExecutor())
    }
  }

  func isIsolatingCurrentContext() -> Bool? { DispatchQueue.getSpecific(key: mark) == true }

  func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }
}
