import Testing

@testable import GatewayCore

@Suite struct LatencyRecorderTests {
  @Test("adds up what every event loop recorded, version by version")
  func merges() {
    let recorder = LatencyRecorder(stripeCount: 3)
    for stripe in 0..<6 {
      recorder.record(versionSlot: 7, nanoseconds: 1_000, failed: stripe == 0, stripe: stripe)
      recorder.record(versionSlot: 2, nanoseconds: 10, failed: false, stripe: stripe)
    }
    let snapshot = recorder.snapshot()
    #expect(Set(snapshot.keys) == [2, 7])
    #expect(snapshot[7]?.requests == 6)
    #expect(snapshot[7]?.failures == 1)
    #expect(snapshot[2]?.latency.total == 6)
  }
}
