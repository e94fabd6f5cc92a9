import Contracts
import Foundation
import IntegrationSuite
import RPC
import SlipwayClient
import Testing

extension IntegrationTests {
  /// Workers that crash, stop or hang, on real processes.
  @Suite(.serialized, .timeLimit(.minutes(15))) struct WorkerTroubleTests {
    /// A status of the tool that says that something was refused.
    private static let refused: Int32 = 3

    @Test func `a version that crashes while it loads is tried, then parked with its last words`()
      async throws
    {
      try await withFreshSuite { suite in
        let model = SmallModel(on: suite)
        try await model.serve()
        _ = try await eventually("the worker to say what it takes") {
          try await model.registered().leases.contains { $0.memoryBytes > 0 } ? true : nil
        }
        try await model.push(note: "The second one.").succeeded()
        try await model.approve(2)
        let deploy = ["deploy", SmallModel.name, "--version", "2", "--wait"]
        let said = try await killing(Set(suite.processes(of: "inference-worker")), on: suite) {
          try await suite.slipway(deploy, as: People.pusher, within: .seconds(130))
        }
        #expect(said.status == Self.refused, "\(said)")
        #expect(
          said.errors.contains("crashed 5 times before it served: killed by signal 9"), "\(said)")
        let status = try await suite.slipway("status").succeeded()
        #expect(status.contains("parked") && status.contains("crashed 5 times"), "\(status)")
        // What served before goes on, and nothing is tried any more.
        let client = try suite.client(as: People.pusher)
        #expect(try await client.infer(SmallModel.request).version == "1")
        #expect(suite.processes(of: "inference-worker").count == 1)
        // Somebody who deploys it again has it tried again.
        try await suite.slipway(deploy, as: People.pusher, within: .seconds(130)).succeeded()
        _ = try await eventually("version 2 to answer") {
          try await client.infer(SmallModel.request).version == "2" ? true : nil
        }
        _ = try? await eventually("the change of versions to be noted", within: .seconds(20)) {
          try await suite.slipway("status").succeeded().contains("1 to 2") ? true : nil
        }
        let after = try await suite.slipway("status").succeeded()
        #expect(!after.contains("parked") && after.contains("meanwhile"), "\(after)")
      }
    }

    /// Runs `body` while every worker that is not one of `spared` is killed as soon as it is seen.
    private func killing<Value: Sendable>(
      _ spared: Set<Int32>, on suite: RunningSuite, _ body: () async throws -> Value
    ) async throws -> Value {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          while !Task.isCancelled {
            for process in suite.processes(of: "inference-worker") where !spared.contains(process) {
              try? suite.killNow(process)
            }
            try? await Task.sleep(for: .milliseconds(5))
          }
        }
        defer { group.cancelAll() }
        return try await body()
      }
    }

    @Test func `a worker whose process is stopped dead is replaced`() async throws {
      try await withFreshSuite { suite in
        let model = SmallModel(on: suite)
        try await model.serve()
        let victim = try #require(try await model.liveWorkers().first)
        try suite.suspend(victim, true)
        _ = try await eventually("the stopped worker to be replaced", within: .seconds(120)) {
          let live = try await model.liveWorkers()
          return !live.isEmpty && !live.contains(victim) ? true : nil
        }
        #expect(!suite.processes.contains(victim))
        #expect(suite.logs().contains("does not answer: it is killed and replaced"))
        let client = try suite.client(as: People.pusher)
        #expect(try await client.infer(SmallModel.request).version == "1")
      }
    }

    @Test func `a hung engine call costs its caller, and a new worker answers those that waited`()
      async throws
    {
      let variables = ["SLIPWAY_RUN_TIMEOUT": "2", "SLIPWAY_ENGINE_THREADS": "1"]
      try await withFreshSuite(variables: variables) { suite in
        try await GoldenModel(EndlessModel.name, on: suite).serve()
        let client = try suite.client(as: People.pusher)
        _ = try await client.infer(EndlessModel.quick(timeout: .seconds(30)))
        let before = suite.processes(of: "inference-worker")
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask {
            let error = await #expect(throws: RPCError.self) {
              try await client.infer(EndlessModel.endless(timeout: .seconds(120)))
            }
            // Final: nobody tries it on the next worker.
            #expect(error?.code == .internalError, "\(String(describing: error))")
          }
          group.addTask {
            // It comes behind the endless one, and is not its victim.
            try await queued(model: EndlessModel.name, on: suite)
            _ = try await client.infer(EndlessModel.quick(timeout: .seconds(120)))
          }
          try await group.waitForAll()
        }
        let after = suite.processes(of: "inference-worker")
        #expect(after.count == 1 && after != before, "\(before), then \(after)")
        #expect(suite.logs().contains("the engine hangs"))
      }
    }

    @Test func `a request that workers die of is found out, and its neighbours are answered`()
      async throws
    {
      try await withFreshSuite(variables: ["SLIPWAY_ENGINE_THREADS": "1"]) { suite in
        try await GoldenModel("deadly", on: suite).serve(replicas: 2)
        let client = try suite.client(as: People.pusher)
        let harmless = Self.negation(of: 1)
        let (error, report) = try await Load.during([harmless], on: client, inFlight: 8) { load in
          try await load.more(50)
          let error = await #expect(throws: RPCError.self) {
            try await client.infer(Self.negation(of: .min))
          }
          try await load.more(50)
          return error
        }
        #expect(error?.code == .invalidArgument, "\(String(describing: error))")
        #expect(error?.message.contains("died of it") == true)
        print(
          "worker trouble: \(report.requests) calls beside a deadly one, \(report.failureCount) failed"
        )
        #expect(throws: Never.self, "\(suite.logTails())") { try report.expectNoFailure() }
        // From now on it costs no process.
        let before = Set(suite.processes(of: "inference-worker"))
        for _ in 0..<10 {
          let again = await #expect(throws: RPCError.self) {
            try await client.infer(Self.negation(of: .min))
          }
          #expect(again?.code == .invalidArgument)
        }
        #expect(before.isSubset(of: suite.processes(of: "inference-worker")))
      }
    }

    /// Divides by -1, which has no result for the least number and ends the process that computes it.
    private static func negation(of number: Int64) -> InferenceRequest {
      InferenceRequest(
        model: "deadly", inputs: [Tensor("x", shape: [1], [number])], timeout: .seconds(60))
    }

    /// Returns when the model's worker runs a call.
    private func queued(model: String, on suite: RunningSuite) async throws {
      _ = try await eventually("a call to run", within: .seconds(60)) {
        let leases = try await suite.channel().call(
          Registry.API.listLeases, Registry.ListLeasesRequest(model: model)
        ).leases
        return leases.contains { $0.inFlight > 0 } ? true : nil
      }
    }
  }
}
