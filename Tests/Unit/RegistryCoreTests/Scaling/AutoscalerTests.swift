import Testing

@testable import RegistryCore

struct AutoscalerTests {
  private static let bounds = Autoscaler.Bounds(
    min: 1, max: 8, waitTarget: .milliseconds(50), idle: .seconds(60))

  /// A version with workers that all say the same, told of second by second.
  private struct Puppet {
    var machine = Autoscaler(now: .zero)
    var bounds = AutoscalerTests.bounds
    var replicas: Int
    /// How many of the wanted ones are there.
    var live: Int
    var now = Duration.zero
    var history: [Int] = []

    init(_ replicas: Int) {
      self.replicas = replicas
      live = replicas
    }

    mutating func seconds(_ count: Int, _ report: Autoscaler.Report?, arrive: Bool = true) {
      for _ in 0..<count {
        now += .seconds(1)
        let ids = Set((0..<live).map { "w\($0)" })
        if let report { for id in ids.sorted() { machine.reported(id, report, now: now) } }
        decide(ids)
        if arrive { live = replicas }
      }
    }

    mutating func decide(_ ids: Set<String>) {
      guard let step = machine.decide(current: replicas, live: ids, bounds: bounds, now: now) else {
        return
      }
      replicas = step.replicas
      history.append(replicas)
    }
  }

  private static func report(
    wait milliseconds: Int = 0, busy: Double = 0.5, calls: UInt64 = 100, refused: UInt64 = 0
  ) -> Autoscaler.Report {
    Autoscaler.Report(
      calls: calls, refused: refused, wait: .milliseconds(milliseconds), busy: busy,
      present: calls > 0 ? 1 : 0)
  }

  @Test func nothingHappensWhileCallsHardlyWaitAndWorkersAreBusyEnough() {
    var puppet = Puppet(2)
    puppet.seconds(600, Self.report(wait: 40, busy: 0.6))
    #expect(puppet.history == [])
  }

  @Test func moreWorkersWhenCallsWaitTooLongAtMostTwiceAsMany() {
    var puppet = Puppet(2)
    puppet.seconds(1, Self.report(wait: 60))
    #expect(puppet.history == [3])
    var other = Puppet(2)
    other.seconds(1, Self.report(wait: 5000))
    #expect(other.history == [4])
  }

  @Test func theNextStepWaitsUntilTheLastOneHasHadItsEffect() {
    var puppet = Puppet(1)
    puppet.seconds(4, Self.report(wait: 500))
    #expect(puppet.history == [2])
    puppet.seconds(2, Self.report(wait: 500))
    #expect(puppet.history == [2, 4])
  }

  @Test func noStepWhileAWantedWorkerIsNotThere() {
    var puppet = Puppet(2)
    puppet.live = 1
    puppet.seconds(100, Self.report(wait: 500, busy: 0.9), arrive: false)
    #expect(puppet.history == [])
  }

  @Test func itStopsAtTheMaximum() {
    var puppet = Puppet(1)
    puppet.seconds(100, Self.report(wait: 500, busy: 1))
    #expect(puppet.history == [2, 4, 8])
  }

  @Test func refusedCallsAreReasonEnoughHoweverShortTheQueuesAre() {
    var puppet = Puppet(1)
    puppet.seconds(1, Self.report(wait: 1, refused: 1))
    #expect(puppet.history == [])
    puppet.seconds(1, Self.report(wait: 1, refused: 2))
    #expect(puppet.history == [2])
  }

  @Test func fewerWorkersOneByOneAfterATimeOfTooLittleWork() {
    var puppet = Puppet(4)
    puppet.seconds(60, Self.report(busy: 0.1))
    #expect(puppet.history == [])
    puppet.seconds(1, Self.report(busy: 0.1))
    #expect(puppet.history == [3])
    puppet.seconds(600, Self.report(busy: 0.1))
    // The last one stays.
    #expect(puppet.history == [3, 2, 1])
  }

  @Test func aBusyMomentBeginsThatTimeAnew() {
    var puppet = Puppet(2)
    for _ in 0..<10 {
      puppet.seconds(50, Self.report(busy: 0.1))
      puppet.seconds(1, Self.report(busy: 0.8))
    }
    #expect(puppet.history == [])
  }

  @Test func noWorkerGoesWhileOneOfThemSaysNothing() {
    var puppet = Puppet(2)
    for _ in 0..<200 {
      puppet.now += .seconds(1)
      puppet.machine.reported("w0", Self.report(busy: 0), now: puppet.now)
      puppet.decide(["w0", "w1"])
    }
    #expect(puppet.history == [])
  }

  @Test func theLastWorkerGoesWhenNobodyHasCalledAndComesBackWithTheFirstCall() {
    var puppet = Puppet(1)
    puppet.bounds.min = 0
    puppet.seconds(10, Self.report(busy: 0))
    puppet.seconds(59, Self.report(busy: 0, calls: 0))
    #expect(puppet.history == [])
    puppet.seconds(1, Self.report(busy: 0, calls: 0))
    #expect(puppet.history == [0])
    puppet.seconds(600, nil)
    #expect(puppet.history == [0])
    puppet.machine.demanded(now: puppet.now)
    puppet.seconds(1, nil)
    #expect(puppet.history == [0, 1])
    // It is not taken away before it could do anything.
    puppet.seconds(30, nil)
    #expect(puppet.history == [0, 1])
  }

  @Test func callsThatRunForLongAreCalls() {
    var puppet = Puppet(1)
    puppet.bounds.min = 0
    var report = Self.report(calls: 0)
    report.present = 1
    puppet.seconds(600, report)
    #expect(puppet.history == [])
  }

  @Test func aWishForAWorkerIsForgotten() {
    var puppet = Puppet(0)
    puppet.bounds.min = 0
    puppet.machine.demanded(now: puppet.now)
    puppet.now += .seconds(6)
    puppet.decide([])
    #expect(puppet.history == [])
  }

  @Test(arguments: [(0, 1), (20, 8)])
  func boundsHoldAtOnce(replicas: Int, expected: Int) {
    var puppet = Puppet(replicas)
    puppet.decide([])
    #expect(puppet.history == [expected])
  }

  /// A load that one worker does in `work` of a second's seconds, shared evenly: more than a worker can do
  /// makes queues grow, as an M/M/n queue's do.
  @Test(arguments: [0.3, 0.9, 1.6, 3.1, 5.5])
  func itSettlesWhereTheLoadFits(work: Double) {
    var puppet = Puppet(1)
    puppet.bounds.idle = .seconds(30)
    for _ in 0..<600 {
      let share = work / Double(puppet.replicas)
      let wait = share < 1 ? Int(10 * share / (1 - share)) : 1000
      puppet.seconds(1, Self.report(wait: wait, busy: min(share, 1)))
    }
    let late = puppet.history.suffix(3)
    let share = work / Double(puppet.replicas)
    #expect(share < 0.9 && puppet.replicas <= Int((work / 0.7).rounded(.up)) + 1, "\(late)")
    #expect(puppet.history.count < 12, "\(puppet.history)")
  }
}
