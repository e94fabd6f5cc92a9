import Base
import Testing

@testable import SlipwaySupervisor

@Suite("Restart policy")
struct RestartPolicyTests {
  private let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)

  @Test("waits twice as long each time, up to the ceiling")
  func backOff() {
    var policy = RestartPolicy()
    var waits: [Duration] = []
    for _ in 0..<12 {
      policy.started(at: start)
      waits.append(policy.ended(at: start, isClean: false, chance: 1).wait)
    }
    #expect(
      waits.prefix(4) == [
        .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800),
      ])
    #expect(waits.last == .seconds(30))
  }

  @Test(
    "leaves half of the wait to chance", arguments: [(0.0, 50), (0.5, 75), (1.0, 100), (7.0, 100)])
  func jitter(chance: Double, milliseconds: Int) {
    var policy = RestartPolicy()
    policy.started(at: start)
    #expect(
      policy.ended(at: start, isClean: false, chance: chance).wait == .milliseconds(milliseconds))
  }

  @Test("forgets the past of a child that was steady")
  func steady() {
    var policy = RestartPolicy()
    for _ in 0..<4 {
      policy.started(at: start)
      _ = policy.ended(at: start, isClean: false, chance: 1)
    }
    policy.started(at: start)
    let later = start.advanced(by: .seconds(61))
    #expect(policy.ended(at: later, isClean: false, chance: 1).wait == .milliseconds(100))
  }

  @Test("parks at the fifth crash within the window, and only within it")
  func parks() {
    var policy = RestartPolicy()
    var parked: [Bool] = []
    for second in [0, 10, 20, 30, 40, 300, 301] {
      let now = start.advanced(by: .seconds(second))
      policy.started(at: now)
      parked.append(policy.ended(at: now, isClean: false, chance: 0).isParked)
    }
    #expect(parked == [false, false, false, false, true, false, false])
  }

  @Test("does not count clean ends as crashes")
  func clean() {
    var policy = RestartPolicy()
    for _ in 0..<10 {
      policy.started(at: start)
      #expect(!policy.ended(at: start, isClean: true, chance: 0).isParked)
    }
  }
}
