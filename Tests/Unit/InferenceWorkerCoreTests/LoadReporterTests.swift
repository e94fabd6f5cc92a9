import Base
import InferenceWorkerCore
import Testing

@Suite struct LoadReporterTests {
  private let start = MonotonicInstant(nanoseconds: 1_000_000_000)

  @Test func `a report is about the time since the last one`() {
    var load = PoolLoad()
    load.requests = 1000
    load.predictedWait = 7
    load.instances = 2
    var reporter = LoadReporter(load, now: start)
    load.requests += 10
    load.crowdedOut += 3
    load.predictedWait += 50_000
    load.computed += 1_000_000_000
    let first = reporter.report(load, now: start.advanced(by: .seconds(2)))
    #expect(
      first == .init(calls: 10, refused: 3, waitNanoseconds: 5_000, busyPerMille: 250))
    #expect(reporter.report(load, now: start.advanced(by: .seconds(4))) == .init())
  }

  @Test func `computing that began before does not make more than all of the time`() {
    var load = PoolLoad()
    var reporter = LoadReporter(load, now: start)
    load.computed = 60_000_000_000
    #expect(reporter.report(load, now: start.advanced(by: .seconds(1))).busyPerMille == 1000)
    #expect(reporter.report(load, now: start.advanced(by: .seconds(1))).busyPerMille == 0)
  }
}
