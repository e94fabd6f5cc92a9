import Contracts
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// What a stranger can send to an open port costs that stranger only.
  @Suite(.serialized, .onSuite, .timeLimit(.minutes(5))) struct HostilePeerTests {
    @Test func `hostile peers cost only themselves while a good client goes on`() async throws {
      let suite = try OnSuite.job.suite
      try await SmallModel(on: suite).serve()
      let (_, report) = try await Load.during(
        [SmallModel.request], on: suite.client(as: People.pusher), inFlight: 2
      ) { load in
        try await load.more(50)
        for service in ["gateway", "registry"] {
          let before = suite.processes(of: service)
          for attack in ["garbage", "half-frame", "giant-length", "giant-body", "silence"] {
            let result = try await RunningSuite.python(
              "Tests/Integration/hostile_peer.py", [attack, suite.endpoints[service] ?? ""],
              in: suite.checkout)
            #expect(result.status == 0, "\(attack) on \(service): \(result.errors)")
            try await load.more(20)
          }
          #expect(suite.processes(of: service) == before, "\(service) did not survive")
        }
        try await suite.waitUntilAnswering()
      }
      try report.expectNoFailure()
    }
  }
}
