import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// Every service is asked to end (SIGTERM) and started again, one after the other, while clients ask
  /// models and people read with the tool: nobody notices.
  @Suite(.serialized, .timeLimit(.minutes(30))) struct RollingRestartTests {
    private static let services = [
      "registry", "gateway", "inference-worker", "monitor", "content-governor",
    ]
    private static let isLong = ProcessInfo.processInfo.environment["SLIPWAY_LONG"] == "1"
    private static let passes = isLong ? 5 : 1
    private static let inFlight = 4
    /// What people read meanwhile.
    private static let reads = [
      ["model", "show", SmallModel.name], ["workers", "list", SmallModel.name], ["status"],
    ]

    @Test func `a rolling restart of every service fails no call that may be repeated`()
      async throws
    {
      try await withFreshSuite { suite in
        try await SmallModel(on: suite).serve(replicas: 2)
        let reader = ToolReads(Self.reads, on: suite)
        let client = try await suite.libraryClient(as: People.pusher)
        let (_, report) = try await Load.during(
          [SmallModel.request], on: client, inFlight: Self.inFlight
        ) { load in
          try await reader.during {
            for pass in 1...Self.passes {
              for service in Self.services {
                let before = load.soFar
                try await restart(service, on: suite, load, reader)
                let failures = load.soFar.failures(since: before)
                #expect(
                  failures.isEmpty, "pass \(pass), \(service) restarted\n\(suite.logTails())")
              }
            }
          }
        }
        print(
          "rolling restart: \(Self.passes) passes, \(report.requests) calls and "
            + "\(reader.count) reads of the tool, \(report.failureCount) and "
            + "\(reader.failures.count) failed; slowest call \(report.latency(atMost: 1))")
        #expect(reader.failures.isEmpty, "\(suite.logTails())")
        await client.close()
      }
    }

    @Test func `the only worker of a model can be restarted, and its calls wait for the next one`()
      async throws
    {
      try await withFreshSuite { suite in
        let model = SmallModel(on: suite)
        try await model.serve()
        let client = try await suite.libraryClient(as: People.pusher)
        let (_, report) = try await Load.during(
          [SmallModel.request], on: client, inFlight: Self.inFlight
        ) { load in
          for _ in 1...(Self.isLong ? 6 : 2) {
            try await load.more(50)
            let worker = try #require(suite.processes(of: "inference-worker").first)
            try suite.endInOrder(worker)
            try await suite.waitForRestart(of: "inference-worker", after: worker)
            _ = try await eventually("the next worker to serve") {
              let live = try await model.liveWorkers()
              return live.isEmpty || live == [worker] ? nil : true
            }
          }
          try await load.more(50)
        }
        print(
          "only worker: \(report.requests) calls, \(report.failureCount) failed, "
            + "slowest \(report.latency(atMost: 1))")
        #expect(report.failures.isEmpty, "\(suite.logTails())")
        await client.close()
      }
    }

    private func restart(
      _ service: String, on suite: RunningSuite, _ load: Load, _ reader: ToolReads
    ) async throws {
      for process in suite.processes(of: service) {
        if service == "inference-worker" {
          // Nobody can answer in the place of the only worker.
          _ = try await eventually("two workers to serve") {
            try await SmallModel(on: suite).liveWorkers().count >= 2 ? true : nil
          }
        }
        let reads = reader.count
        try suite.endInOrder(process)
        try await load.more(20)
        try await suite.waitForRestart(of: service, after: process)
        try await load.more(20)
        try await reader.more(than: reads + 2)
      }
    }
  }
}
