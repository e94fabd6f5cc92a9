import RPC
import Testing

@testable import GatewayCore

@Suite struct KeyLimiterTests {
  @Test("a call refused for calls in flight does not use up the rate")
  func inFlightFirst() {
    let limiter = KeyLimiter(limits: KeyLimits(requestsPerSecond: 2, inFlightMax: 1))
    #expect(limiter.admit(nowNanoseconds: 0) == .admitted)
    for _ in 0..<10 { #expect(limiter.admit(nowNanoseconds: 0) == .overInFlight) }
    limiter.release()
    #expect(limiter.admit(nowNanoseconds: 0) == .admitted)
    limiter.release()
    #expect(limiter.admit(nowNanoseconds: 0) == .overRate(retryAfterNanoseconds: 500_000_000))
    #expect(limiter.inFlight == 0)
    #expect(limiter.admit(nowNanoseconds: 500_000_000) == .admitted)
  }

  @Test("whoever is kept out is told when to come back")
  func advice() {
    #expect(Admission.admitted.rpcError == nil)
    let overRate = Admission.overRate(retryAfterNanoseconds: 7).rpcError
    #expect(overRate?.code == .resourceExhausted && overRate?.retryAfter == .nanoseconds(7))
    let overInFlight = Admission.overInFlight.rpcError
    #expect(overInFlight?.code == .resourceExhausted && overInFlight?.retryAfter != nil)
  }

  @Test("a key without limits is always admitted")
  func unlimited() {
    let limiter = KeyLimiter(limits: .none)
    for _ in 0..<1_000 { #expect(limiter.admit(nowNanoseconds: 0) == .admitted) }
  }

  @Test("never more calls at once than allowed, whoever asks")
  func concurrent() async {
    let limiter = KeyLimiter(limits: KeyLimits(inFlightMax: 5))
    let over = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var sawTooMany = false
          for _ in 0..<2_000 where limiter.admit(nowNanoseconds: 0) == .admitted {
            sawTooMany = sawTooMany || limiter.inFlight > 5
            limiter.release()
          }
          return sawTooMany
        }
      }
      return await group.contains(true)
    }
    #expect(!over)
    #expect(limiter.inFlight == 0)
  }
}
