import Testing

@testable import TransportTCP

/// When a loop polls, decided without a clock.
@Suite struct PollBudgetTests {
  /// A loop with nothing to read, and the time that its windows begin at.
  private final class IdleLoop {
    var budget = PollBudget()

    /// Looks each microsecond until the budget says that it is enough.
    ///
    /// - Returns: how often it looked.
    func poll(from start: UInt64) -> Int {
      budget.wasActive(at: start)
      guard budget.polls else { return 0 }
      var looks = 1
      while goesOn(at: start + UInt64(looks) * 1000, last: start + UInt64(looks - 1) * 1000) {
        looks += 1
      }
      return looks
    }

    func goesOn(at now: UInt64, last: UInt64) -> Bool { budget.goesOn(at: now, last: last) }
  }

  @Test func `nothing is polled before anything happened`() {
    #expect(!PollBudget().polls)
  }

  @Test func `a window ends by its bound`() {
    let loop = IdleLoop()
    #expect(loop.poll(from: 1_000_000) == 50)
    #expect(!loop.budget.polls)
  }

  @Test func `an activity moves the end of the window`() {
    let loop = IdleLoop()
    loop.budget.wasActive(at: 0)
    loop.budget.wasActive(at: 40_000)
    #expect(loop.goesOn(at: 89_999, last: 89_000))
    let goesOn = loop.goesOn(at: 90_000, last: 89_999)
    #expect(!goesOn)
  }

  @Test func `misses give up, and longer each time`() {
    let loop = IdleLoop()
    var now: UInt64 = 0
    var windows = 0
    while loop.poll(from: now) > 0 {
      windows += 1
      now += 60_000
    }
    #expect(windows == PollBudget.creditMax / PollBudget.missCost)
    var rest = PollBudget.restMin
    for _ in 0..<20 {
      // From the miss that began the rest to its end no window opens, then one does.
      let missed = now - 60_000 + 50_000
      #expect(loop.poll(from: missed + rest - 1) == 0)
      now = missed + rest
      #expect(loop.poll(from: now) > 0)
      now += 60_000
      rest = min(2 * rest, PollBudget.restMax)
    }
    #expect(rest == PollBudget.restMax)
  }

  @Test func `polls go on where two of three windows are hits`() {
    let loop = IdleLoop()
    for round in 0..<10_000 {
      let now = UInt64(round) * 1_000_000
      #expect(loop.poll(from: now) > 0)
      loop.budget.hit()
      loop.budget.hit()
    }
  }

  @Test func `polls end where half of the windows are hits`() {
    let loop = IdleLoop()
    var misses = 0
    for round in 0..<1000 {
      guard loop.poll(from: UInt64(round) * 100_000) > 0 else { continue }
      misses += 1
      loop.budget.hit()
    }
    // Without a rest all 1,000 would be polled.
    #expect(misses < 100)
  }

  @Test func `hits end the growth of rests`() {
    let loop = IdleLoop()
    var now: UInt64 = 0
    for _ in 0..<100 {
      _ = loop.poll(from: now)
      now += PollBudget.restMax + 60_000
    }
    for _ in 0..<PollBudget.creditMax { loop.budget.hit() }
    var windows = 0
    while loop.poll(from: now) > 0 {
      windows += 1
      now += 60_000
    }
    #expect(windows == PollBudget.creditMax / PollBudget.missCost)
    #expect(loop.poll(from: now + PollBudget.restMin) > 0)
  }

  @Test func `a core that somebody else wants is left to them`() {
    let loop = IdleLoop()
    loop.budget.wasActive(at: 0)
    let goesOn = loop.goesOn(at: PollBudget.gapMax + 1, last: 0)
    #expect(!goesOn)
    #expect(!loop.budget.polls)
  }
}
