import Testing

@testable import ServiceRuntime

@Suite struct LogThrottleTests {
  private let start = ContinuousClock.now

  @Test("one event of a kind is let through in an interval, with the number of those before")
  func interval() {
    let throttle = LogThrottle(interval: .seconds(10))
    #expect(throttle.pass("a", at: start) == 0)
    #expect(throttle.pass("b", at: start) == 0)
    for _ in 0..<5 { #expect(throttle.pass("a", at: start + .seconds(9)) == nil) }
    #expect(throttle.pass("a", at: start + .seconds(10)) == 5)
    #expect(throttle.pass("a", at: start + .seconds(11)) == nil)
  }

  @Test("kinds that peers make up share one place when there are many")
  func kinds() {
    let throttle = LogThrottle(interval: .seconds(10))
    let passed = (0..<1_000).filter { throttle.pass("\($0)", at: start) != nil }
    #expect(passed.count == 101)
  }
}
