import Base
import InferenceWorkerCore
import Testing

@Suite struct LeaseMachineTests {
  typealias Outcome = LeaseMachine.Outcome
  typealias Step = LeaseMachine.Step

  private static let start = MonotonicInstant(nanoseconds: 1_000_000_000)
  private static let granted = Outcome.granted(isDraining: false, lifetime: .milliseconds(3000))

  /// What happened, and when from the start the machine does what next.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var outcomes: [Outcome]
    var waits: Duration
    var then: Step
  }

  static let cases: [Case] = [
    Case(testDescription: "new", outcomes: [], waits: .zero, then: .acquire),
    Case(
      testDescription: "granted: a third of its life", outcomes: [granted], waits: .seconds(1),
      then: .renew),
    Case(
      testDescription: "long leases are renewed often all the same",
      outcomes: [.granted(isDraining: false, lifetime: .seconds(3600))], waits: .seconds(2),
      then: .renew),
    Case(
      testDescription: "short leases don't storm the registry",
      outcomes: [.granted(isDraining: false, lifetime: .milliseconds(1))],
      waits: .milliseconds(100), then: .renew),
    Case(
      testDescription: "renewed: the interval stays",
      outcomes: [granted, .granted(isDraining: false, lifetime: nil)], waits: .seconds(1),
      then: .renew),
    Case(
      testDescription: "lost: acquired again at once", outcomes: [granted, .lost], waits: .zero,
      then: .acquire),
    Case(
      testDescription: "away while held: renewed soon", outcomes: [granted, .failed],
      waits: .milliseconds(100), then: .renew),
    Case(
      testDescription: "away for longer: less often", outcomes: [granted, .failed, .failed],
      waits: .milliseconds(200), then: .renew),
    Case(
      testDescription: "away at first: acquired later", outcomes: [.failed],
      waits: .milliseconds(100), then: .acquire),
    Case(
      testDescription: "lost at first: no storm", outcomes: [.lost], waits: .milliseconds(100),
      then: .acquire),
    Case(
      testDescription: "the longest pause", outcomes: [Outcome](repeating: .failed, count: 20),
      waits: .seconds(2), then: .acquire),
    Case(
      testDescription: "back after failures: the pause is short again",
      outcomes: [.failed, .failed, granted, .failed], waits: .milliseconds(100), then: .renew),
    Case(
      testDescription: "asked to drain: still kept alive",
      outcomes: [granted, .granted(isDraining: true, lifetime: nil)], waits: .seconds(1),
      then: .renew),
  ]

  @Test(arguments: cases) func `what comes next`(_ entry: Case) {
    var now = Self.start
    var machine = LeaseMachine(now: now)
    for outcome in entry.outcomes {
      if case .wait(let moment) = machine.step(now: now) { now = moment }
      machine.finished(outcome, now: now)
    }
    if entry.waits > .zero {
      #expect(machine.step(now: now) == .wait(until: now.advanced(by: entry.waits)))
    }
    #expect(machine.step(now: now.advanced(by: entry.waits)) == entry.then)
  }

  @Test func `the wish to drain is remembered`() {
    var machine = LeaseMachine(now: Self.start)
    machine.finished(.granted(isDraining: true, lifetime: nil), now: Self.start)
    machine.finished(Self.granted, now: Self.start)
    #expect(machine.isAskedToDrain)
  }

  @Test(arguments: [[], [granted], [granted, .failed], [.failed]])
  func `a release comes at once, whatever was before`(outcomes: [Outcome]) {
    var machine = LeaseMachine(now: Self.start)
    for outcome in outcomes { machine.finished(outcome, now: Self.start) }
    machine.release(now: Self.start)
    #expect(machine.step(now: Self.start) == .release)
    // An answer to an earlier renewal changes nothing.
    machine.finished(Self.granted, now: Self.start)
    #expect(machine.step(now: Self.start) == .release)
    machine.released(true, now: Self.start)
    #expect(machine.step(now: Self.start) == .stop)
    machine.release(now: Self.start)
    #expect(machine.step(now: Self.start) == .stop)
  }

  @Test func `a registry that is away does not keep a worker from ending`() {
    var now = Self.start
    var machine = LeaseMachine(now: now)
    machine.release(now: now)
    var attempts = 0
    while machine.step(now: now) != .stop {
      if case .wait(let moment) = machine.step(now: now) { now = moment }
      attempts += 1
      machine.released(false, now: now)
    }
    #expect(attempts == LeaseMachine.releaseAttemptsMax)
  }
}
