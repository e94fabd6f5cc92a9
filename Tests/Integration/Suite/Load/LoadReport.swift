/// What a load saw.
package struct LoadReport: Sendable {
  package private(set) var requests = 0
  /// How often each message of a failure was seen.
  package private(set) var failures: [String: Int] = [:]
  /// How often each version answered.
  package private(set) var versions: [String: Int] = [:]
  private var latencies: [Duration] = []

  /// How often each message was seen after an earlier report of the same load.
  package func failures(since earlier: LoadReport) -> [String: Int] {
    failures.merging(earlier.failures) { now, before in now - before }.filter { $0.value > 0 }
  }

  package var failureCount: Int { failures.values.reduce(0, +) }

  mutating func succeeded(version: String, after latency: Duration) {
    requests += 1
    versions[version, default: 0] += 1
    latencies.append(latency)
  }

  mutating func failed(_ message: String) {
    requests += 1
    failures[message, default: 0] += 1
  }

  /// The latency that `share` of the answers did not exceed.
  package func latency(atMost share: Double) -> Duration {
    guard !latencies.isEmpty else { return .zero }
    let sorted = latencies.sorted()
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
  }

  /// Share of the answers that a version gave, 0 to 1.
  package func share(of version: String) -> Double {
    let answers = versions.values.reduce(0, +)
    return answers == 0 ? 0 : Double(versions[version, default: 0]) / Double(answers)
  }

  /// - Throws: ``StepFailure`` that names each failure and how often it was seen.
  package func expectNoFailure() throws(StepFailure) {
    try expect(requests > 0, "the load sent no request")
    let list = failures.sorted { $0.value > $1.value }.prefix(5).map {
      "\($0.value) times \($0.key)"
    }
    try expect(
      failures.isEmpty,
      "\(failureCount) of \(requests) requests failed: \(list.joined(separator: "; "))")
  }
}
