import InferenceWorkerCore
import Testing

@Suite struct BatchLatencyTests {
  @Test func `nothing is predicted before something was measured`() {
    #expect(BatchLatency().nanoseconds(rows: 1) == nil)
    #expect(BatchLatencies().nanoseconds(rows: 1, magnitude: 3) == nil)
  }

  @Test func `between measured sizes time is in proportion, outside of them rather too long`() {
    var latency = BatchLatency()
    latency.add(rows: 2, nanoseconds: 200)
    latency.add(rows: 4, nanoseconds: 300)
    latency.add(rows: 16, nanoseconds: 900)
    #expect(
      [1, 2, 3, 4, 10, 16, 32].map { latency.nanoseconds(rows: $0) }
        == [200, 200, 250, 300, 600, 900, 1800])
  }

  @Test(arguments: UInt64(1)...20)
  func `more rows are never predicted to take less`(seed: UInt64) throws {
    var chance = SeededChance(seed: seed)
    var latency = BatchLatency()
    for _ in 0..<200 {
      latency.add(
        rows: Int.random(in: 1...64, using: &chance),
        nanoseconds: UInt64.random(in: 1...1_000_000, using: &chance))
      let times = (1...80).compactMap { latency.nanoseconds(rows: $0) }
      #expect(times == times.sorted(), "seed \(seed)")
    }
  }

  @Test func `a change is followed and an outlier forgotten`() throws {
    var latency = BatchLatency()
    latency.add(rows: 1, nanoseconds: 1000)
    latency.add(rows: 1, nanoseconds: 9000)
    #expect(latency.nanoseconds(rows: 1) == 2000)
    for _ in 0..<40 { latency.add(rows: 1, nanoseconds: 500) }
    let settled = try #require(latency.nanoseconds(rows: 1))
    #expect((500...520).contains(settled))
  }

  @Test func `rows of another size are predicted from the nearest that were measured`() {
    var latencies = BatchLatencies()
    latencies.add(rows: 1, magnitude: 8, nanoseconds: 1000)
    #expect(latencies.nanoseconds(rows: 1, magnitude: 6) == 1000)
    #expect(latencies.nanoseconds(rows: 1, magnitude: 10) == 4000)
    latencies.doubt(magnitude: 6)
    #expect(latencies.nanoseconds(rows: 1, magnitude: 6) == 875)
    #expect(latencies.nanoseconds(rows: 1, magnitude: 8) == 1000)
  }
}
