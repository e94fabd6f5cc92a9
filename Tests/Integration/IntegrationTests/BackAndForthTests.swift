import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// Versions that change places while clients ask, at moments around the one at which the supervisor
  /// takes a change for settled.
  @Suite(.serialized, .timeLimit(.minutes(20))) struct BackAndForthTests {
    private static let isLong = ProcessInfo.processInfo.environment["SLIPWAY_LONG"] == "1"
    private static let delays: [Duration] = [0, 300, 700, 900, 1_000, 1_100, 1_300, 1_500].map {
      .milliseconds($0)
    }
    private static let rounds = isLong ? 4 : 1

    @Test func `promoting and rolling back at any distance fails no call`() async throws {
      try await withFreshSuite { suite in
        let model = SmallModel(on: suite)
        try await model.serve()
        try await model.push(note: "The second one.").succeeded()
        try await model.approve(2)
        try await suite.slipway(
          "canary", SmallModel.name, "2", "--weight", "10", "--wait", as: People.pusher,
          within: .seconds(130)
        ).succeeded()
        let client = try await suite.libraryClient(as: People.pusher)
        let (_, report) = try await Load.during(
          [SmallModel.request], on: client, inFlight: 4
        ) { load in
          for round in 1...Self.rounds {
            for delay in Self.delays {
              let before = load.soFar
              try await suite.slipway("promote", SmallModel.name, "2", as: People.pusher)
                .succeeded()
              try await Task.sleep(for: delay)
              try await suite.slipway(
                "rollback", SmallModel.name, "--reason", "to and fro", as: People.pusher
              ).succeeded()
              try await load.more(20)
              let failures = load.soFar.failures(since: before)
              #expect(failures.isEmpty, "round \(round), \(delay)\n\(suite.logTails())")
            }
          }
          try await load.more(200)
        }
        print("back and forth: \(Self.rounds * Self.delays.count) times, \(report.requests) calls")
        try report.expectNoFailure()
        #expect(Set(report.versions.keys) == ["1", "2"])
        await client.close()
      }
    }
  }
}
