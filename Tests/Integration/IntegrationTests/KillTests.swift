import Contracts
import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// `kill -9` at points that a seed chooses, while people write and clients ask. Clients never pause:
  /// the first answers after a death, with the dead worker's lease still there, count like all others.
  @Suite(.serialized, .timeLimit(.minutes(30))) struct KillTests {
    private static let services = [
      "registry", "gateway", "inference-worker", "monitor", "content-governor",
    ]
    private static let isLong = ProcessInfo.processInfo.environment["SLIPWAY_LONG"] == "1"
    /// Each service dies as often as any other.
    private static let rounds = isLong ? 4 * services.count : services.count
    private static let workerDeaths = isLong ? 20 : 3
    private static let inFlight = 2

    private static func seed() -> UInt64 {
      let seed =
        ProcessInfo.processInfo.environment["SLIPWAY_SEED"].flatMap { UInt64($0) }
        ?? UInt64.random(in: 0...UInt64(UInt32.max))
      print("kill tests: SLIPWAY_SEED=\(seed)")
      return seed
    }

    @Test func `nothing acknowledged is lost when each of the services is killed at any moment`()
      async throws
    {
      let seed = Self.seed()
      var chance = SeededGenerator(seed: seed)
      let order = Self.services.shuffled(using: &chance)
      let moments = (0..<Self.rounds).map { _ in Int.random(in: 0...1500, using: &chance) }
      try await withFreshSuite { suite in
        try await SmallModel(on: suite).serve(replicas: 2)
        let acknowledged = Acknowledged(on: suite)
        let (_, report) = try await Load.during(
          [SmallModel.request], on: suite.client(as: People.pusher), inFlight: Self.inFlight
        ) { load in
          var killed: Set<String> = []
          for (round, moment) in moments.enumerated() {
            let victim = order[round % order.count]
            killed.insert(victim)
            let before = load.soFar
            try await kill(
              victim, after: .milliseconds(moment), round: round, on: suite, load, acknowledged)
            let lost = try await acknowledged.lost(on: suite)
            #expect(lost.isEmpty, "seed \(seed), round \(round), \(victim) killed")
            // A dead gateway takes calls with it: the client makes them again.
            let failures = load.soFar.failures(since: before)
            #expect(
              failures.isEmpty,
              "seed \(seed), round \(round), \(victim) killed\n\(suite.logTails())")
          }
          #expect(killed == Set(Self.services), "seed \(seed)")
        }
        print(
          "kill tests: nothing lost of \(acknowledged.summary); "
            + "\(report.requests) calls, \(report.failureCount) failed")
        #expect(acknowledged.count > Self.rounds)
      }
    }

    @Test func `workers that die one after the other cost no call while their leases last`()
      async throws
    {
      let seed = Self.seed()
      var chance = SeededGenerator(seed: seed)
      try await withFreshSuite { suite in
        let model = SmallModel(on: suite)
        try await model.serve(replicas: 3)
        var dead: Set<UInt32> = []
        let (most, report) = try await Load.during(
          [SmallModel.request], on: suite.client(as: People.pusher), inFlight: Self.inFlight
        ) { load in
          var most = 0
          for _ in 0..<Self.workerDeaths {
            // The next one dies as soon as another one can answer in its place.
            let live = try await eventually("two workers to live") {
              let live = try await model.liveWorkers().sorted()
              return live.count >= 2 ? live : nil
            }
            guard let victim = live.randomElement(using: &chance) else { continue }
            try suite.killNow(victim)
            dead.insert(UInt32(victim))
            try await load.more(50)
            let leases = try await model.registered().leases
            most = max(most, leases.count { dead.contains($0.processID) })
          }
          return most
        }
        print(
          "kill tests: \(Self.workerDeaths) workers died, up to \(most) dead ones with a lease at once, "
            + "\(report.requests) calls")
        #expect(throws: Never.self, "seed \(seed)\n\(suite.logTails())") {
          try report.expectNoFailure()
        }
      }
    }

    /// Returns when the victim is back, whether or not anybody has noticed its death.
    private func kill(
      _ victim: String, after moment: Duration, round: Int, on suite: RunningSuite, _ load: Load,
      _ acknowledged: Acknowledged
    ) async throws {
      if victim == "inference-worker" {
        // Nobody can answer in the place of the only worker.
        _ = try await eventually("two workers to serve") {
          try await SmallModel(on: suite).liveWorkers().count >= 2 ? true : nil
        }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await acknowledged.write(round: round) }
        group.addTask { try await acknowledged.pushAndApprove(round: round) }
        try await Task.sleep(for: moment)
        guard let process = suite.processes(of: victim).first else {
          throw StepFailure("there is no process `\(victim)`")
        }
        try suite.killNow(process)
        try await load.more(20)
        try await suite.waitForRestart(of: victim, after: process)
        group.cancelAll()
        // What the push was doing when it was cancelled is nobody's failure.
        while (try? await group.next()) != nil {}
      }
      // The calls that the dead gateway took with it have been heard of.
      try await load.more(2 * Self.inFlight)
      let before = load.soFar
      try await load.more(20)
      let failures = load.soFar.failures(since: before)
      #expect(failures.isEmpty, "round \(round), \(victim) came back\n\(suite.logTails())")
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
