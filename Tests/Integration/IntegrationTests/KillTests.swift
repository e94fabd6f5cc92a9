import Contracts
import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// `kill -9` at points that a seed chooses, while people write and clients ask.
  @Suite(.timeLimit(.minutes(30))) struct KillTests {
    private static let services = [
      "registry", "gateway", "inference-worker", "monitor", "content-governor",
    ]
    /// Gateways and what stands behind them are away for a moment; nobody else is.
    private static let interrupting: Set = ["gateway"]
    private static let points =
      ProcessInfo.processInfo.environment["SLIPWAY_LONG"] == "1" ? 20 : 3

    @Test func `nothing that was acknowledged is lost when a service is killed at any moment`()
      async throws
    {
      let seed =
        ProcessInfo.processInfo.environment["SLIPWAY_SEED"].flatMap { UInt64($0) }
        ?? UInt64.random(in: 0...UInt64(UInt32.max))
      print("kill tests: SLIPWAY_SEED=\(seed)")
      var chance = SeededGenerator(seed: seed)
      let order = Self.services.shuffled(using: &chance)
      let moments = (0..<Self.points).map { _ in Int.random(in: 50...1500, using: &chance) }
      try await withFreshSuite { suite in
        try await SmallModel(on: suite).serve(replicas: 2)
        let acknowledged = Acknowledged(on: suite)
        for (round, moment) in moments.enumerated() {
          let victim = order[round % order.count]
          try await kill(
            victim, after: .milliseconds(moment), round: round, on: suite, acknowledged)
          let lost = try await acknowledged.lost()
          #expect(lost.isEmpty, "seed \(seed), round \(round), \(victim) killed")
        }
        print("kill tests: nothing lost of \(acknowledged.summary)")
        #expect(acknowledged.count > Self.points)
      }
    }

    private func kill(
      _ victim: String, after moment: Duration, round: Int, on suite: RunningSuite,
      _ acknowledged: Acknowledged
    ) async throws {
      let (_, report) = try await Load.during(
        [SmallModel.request], on: suite.client(as: People.pusher), inFlight: 2
      ) { load in
        try await load.more(20)
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await acknowledged.write(round: round) }
          group.addTask { try await acknowledged.pushAndApprove(round: round) }
          try await Task.sleep(for: moment)
          guard let process = suite.processes(of: victim).first else {
            throw StepFailure("there is no process `\(victim)`")
          }
          try suite.killNow(process)
          try await suite.waitForRestart(of: victim, after: process)
          try await load.more(20)
          group.cancelAll()
          // What the push was doing when it was cancelled is nobody's failure.
          while (try? await group.next()) != nil {}
        }
        _ = try await eventually("two workers to serve") {
          let leases = try await SmallModel(on: suite).registered().leases
          return leases.count { $0.state == "serving" } >= 2 ? true : nil
        }
        let before = load.soFar.failureCount
        try await load.more(20)
        #expect(load.soFar.failureCount == before, "calls fail after \(victim) came back")
      }
      if !Self.interrupting.contains(victim) {
        #expect(throws: Never.self, "round \(round), \(victim) killed") {
          try report.expectNoFailure()
        }
      }
    }
  }
}

/// SplitMix64: the same seed gives the same points.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
