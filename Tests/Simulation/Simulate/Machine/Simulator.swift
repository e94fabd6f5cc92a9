import Base
import RPCTestKit

/// One thread, a clock that jumps, and every job of a run: what runs next is chosen by the seed.
///
/// Jobs of one loop run in the order they came, jobs of the pool in any. Time moves only when nothing is
/// left to run, so a run that comes to rest with calls unanswered has found a hang. Everything in this
/// folder is touched by that thread only, which is what makes it `Sendable`.
final class Simulator: @unchecked Sendable {
  private struct Timer {
    var instant: MonotonicInstant
    var number: Int
    var work: @Sendable () -> Void
  }

  private(set) var now = Simulator.start
  private let trace: Trace
  private var chance: Chance
  private var loops: [SimulatedLoop] = []
  private var poolJobs: [UnownedJob] = []
  /// The next one is the last.
  private var timers: [Timer] = []
  private var timerCount = 0
  private let pool = SimulatedPool()
  private static let start = MonotonicInstant(nanoseconds: 1_000_000_000)
  /// A run whose timers arm each other for ever is at fault too.
  private static let limit = start.advanced(by: .seconds(3600))

  init(chance: Chance, trace: Trace) {
    self.chance = chance
    self.trace = trace
  }

  /// Virtual time since the run began.
  var elapsed: Duration { .nanoseconds(Int64(now.nanoseconds(since: Self.start))) }

  func note(_ line: @autoclosure () -> String) {
    trace.note(elapsed, line())
  }

  func makeLoop() -> SimulatedLoop {
    let loop = SimulatedLoop(simulator: self)
    loops.append(loop)
    return loop
  }

  /// Takes a job that the runtime would give to its pool of threads.
  func enqueue(_ job: UnownedJob) {
    poolJobs.append(job)
  }

  func schedule(after wait: Duration, _ work: @escaping @Sendable () -> Void) {
    schedule(at: now.advanced(by: wait), work)
  }

  func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void) {
    timerCount += 1
    let timer = Timer(instant: instant, number: timerCount, work: work)
    var (low, high) = (0, timers.count)
    while low < high {
      let middle = (low + high) / 2
      if timers[middle].instant > instant { low = middle + 1 } else { high = middle }
    }
    timers.insert(timer, at: low)
  }

  /// Lets virtual time pass for a task, or less if the task is cancelled.
  func sleep(_ duration: Duration) async {
    let sleeper = Sleeper()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        sleeper.begin(continuation)
        schedule(after: duration) { sleeper.end() }
      }
    } onCancel: {
      sleeper.end()
    }
  }

  /// Runs until nothing is left to do. `false` if it never comes to rest.
  func run() -> Bool {
    while true {
      if runOne() { continue }
      guard let timer = timers.popLast() else { return true }
      guard timer.instant <= Self.limit else { return false }
      now = max(now, timer.instant)
      timer.work()
    }
  }

  private func runOne() -> Bool {
    let busy = loops.filter(\.isBusy)
    let count = busy.count + (poolJobs.isEmpty ? 0 : 1)
    guard count > 0 else { return false }
    let pick = count == 1 ? 0 : Int.random(in: 0..<count, using: &chance)
    if pick < busy.count {
      busy[pick].runOne()
    } else {
      let job = poolJobs.remove(at: Int.random(in: 0..<poolJobs.count, using: &chance))
      unsafe job.runSynchronously(on: pool.asUnownedTaskExecutor())
    }
    return true
  }

  private final class Sleeper: @unchecked Sendable {
    private var continuation: CheckedContinuation<Void, Never>?
    private var hasEnded = false

    func begin(_ continuation: CheckedContinuation<Void, Never>) {
      guard !hasEnded else { return continuation.resume() }
      self.continuation = continuation
    }

    func end() {
      hasEnded = true
      continuation?.resume()
      continuation = nil
    }
  }
}
