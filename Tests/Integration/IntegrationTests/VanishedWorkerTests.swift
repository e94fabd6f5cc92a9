import Foundation
import IntegrationSuite
import RPC
import SlipwayClient
import Testing

extension IntegrationTests {
  /// A peer that is there no more and has not said so.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct VanishedWorkerTests {
    /// So many at once that some of them go to either worker.
    private static let calls = 32

    @Test func `a worker that is stopped dead is found out, and its calls are answered by another`()
      async throws
    {
      try await withFreshSuite { suite in
        let model = SmallModel(on: suite)
        try await model.serve(replicas: 2)
        let client = try await suite.libraryClient(as: People.pusher)
        let victim = try #require(try await model.liveWorkers().first)
        try suite.suspend(victim, true)
        let start = ContinuousClock.now
        // Those that go to the victim are stuck there until it is noticed, 9 s later at the latest.
        let slowest = try await withThrowingTaskGroup(of: Duration.self) { group in
          for _ in 0..<Self.calls {
            group.addTask {
              var request = SmallModel.request
              request.timeout = .seconds(120)
              let result = try await client.infer(request)
              #expect(result.version == "1")
              return ContinuousClock.now - start
            }
          }
          return try await group.reduce(.zero, max)
        }
        // All were answered, and the victim has not said a word.
        #expect(suite.processes(of: "inference-worker").contains(victim))
        print("vanished worker: \(Self.calls) calls answered, the last after \(slowest)")
        try suite.suspend(victim, false)
        await client.close()
      }
    }

    @Test func `idle connections are closed, and the next call notices nothing`() async throws {
      try await withFreshSuite(variables: ["SLIPWAY_IDLE_TIMEOUT": "1"]) { suite in
        try await SmallModel(on: suite).serve()
        let client = try await suite.libraryClient(as: People.pusher)
        for _ in 0..<3 {
          #expect(try await client.infer(SmallModel.request).version == "1")
          // The client's connection and the gateway's to the worker are both gone then.
          _ = try await eventually("the idle connection to be closed") {
            suite.openConnections(to: "gateway") == 0 ? true : nil
          }
        }
        await client.close()
      }
    }
  }
}
