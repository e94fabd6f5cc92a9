import Base
import InferenceWorkerCore
import Testing

@Suite struct RunWatchTests {
  private let start = MonotonicInstant(nanoseconds: 1_000_000_000)

  private func later(_ seconds: Int) -> MonotonicInstant { start.advanced(by: .seconds(seconds)) }

  /// A queue only names runs.
  private func runs(_ count: Int) throws -> [BatchQueue.RunID] {
    var queue = BatchQueue(limits: .init(waitingMax: count, instances: count))
    return try (0..<count).map { _ in
      _ = try queue.admit(QueuedCall(), now: start)
      return try #require(queue.next(now: start).run).id
    }
  }

  @Test func `a run over its time is told to end, once, and hangs if it does not`() throws {
    let run = try runs(1)[0]
    var watch = RunWatch(runTimeout: .seconds(60))
    watch.began(run, now: start)
    #expect(watch.look(now: later(59)) { _ in false } == .init())
    #expect(watch.look(now: later(60)) { _ in false } == .init(overdue: [run]))
    #expect(watch.look(now: later(69)) { _ in true } == .init())
    #expect(watch.look(now: later(70)) { _ in true } == .init(hung: [run]))
    #expect(watch.ended(run) == true)
    #expect(watch.look(now: later(100)) { _ in true } == .init())
  }

  @Test func `a run whose callers have gone hangs if it does not end`() throws {
    let run = try runs(1)[0]
    var watch = RunWatch(runTimeout: .seconds(60))
    watch.began(run, now: start)
    #expect(watch.look(now: later(5)) { _ in true } == .init())
    #expect(watch.look(now: later(14)) { _ in true } == .init())
    #expect(watch.look(now: later(15)) { _ in true } == .init(hung: [run]))
    // It was not told because it took too long.
    #expect(watch.ended(run) == false)
  }

  @Test func `a run that ends in time is forgotten`() throws {
    let runs = try runs(2)
    var watch = RunWatch(runTimeout: .seconds(60))
    for run in runs { watch.began(run, now: start) }
    #expect(watch.ended(runs[0]) == false)
    #expect(watch.look(now: later(61)) { _ in false } == .init(overdue: [runs[1]]))
    #expect(watch.ended(runs[1]) == true)
  }
}
