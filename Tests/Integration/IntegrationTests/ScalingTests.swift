import Contracts
import Foundation
import IntegrationSuite
import RPC
import SlipwayClient
import Testing

extension IntegrationTests {
  /// Numbers of workers that follow the load, and machines that have no room for more, on real processes.
  @Suite(.serialized, .timeLimit(.minutes(15))) struct ScalingTests {
    private static let refused: Int32 = 3

    @Test func `workers come with the load and go with it, and a call brings the first one back`()
      async throws
    {
      // One call waits at most: of many at once most are refused, which is the reason to have more workers.
      let variables = ["SLIPWAY_QUEUE_MAX": "1", "SLIPWAY_ENGINE_THREADS": "1"]
      try await withFreshSuite(arguments: ["--cores", "2"], variables: variables) { suite in
        let model = SmallModel(on: suite)
        try await model.serve()
        let client = try suite.client(as: People.pusher)
        try await suite.slipway(
          "workers", "scale", SmallModel.name, "--min", "0", "--max", "2", "--idle", "4s",
          as: People.pusher
        ).succeeded()
        _ = try await Load.during([SmallModel.request], on: client, inFlight: 32) { _ in
          _ = try await eventually("a second worker", within: .seconds(120)) {
            try await model.liveWorkers().count == 2 ? true : nil
          }
        }
        _ = try await eventually("no worker to be left", within: .seconds(120)) {
          suite.processes(of: "inference-worker").isEmpty ? true : nil
        }
        let status = try await suite.slipway("status").succeeded()
        #expect(status.contains("x0(0-2)"), "\(status)")
        let start = ContinuousClock.now
        var request = SmallModel.request
        request.timeout = .seconds(60)
        #expect(try await client.infer(request).version == "1")
        print("scaling: the first call after none was left took \(ContinuousClock.now - start)")
        // A person's number ends it.
        try await suite.slipway(
          "workers", "scale", SmallModel.name, "1", "--wait", as: People.pusher,
          within: .seconds(130)
        ).succeeded()
        let reasons = try await suite.channel().call(
          Registry.API.listDeployments, Registry.ListDeploymentsRequest(model: SmallModel.name)
        ).deployments.map(\.targets.first?.replicas)
        #expect(reasons.first == 1)
      }
    }

    @Test func `a version that memory is too small for is refused, and what serves goes on`()
      async throws
    {
      let folder = try SuiteFolder()
      defer { folder.remove() }
      let checkout = try Checkout()
      let bytes = try await RunningSuite.withSuite(in: folder, from: checkout) { suite in
        let model = SmallModel(on: suite)
        try await model.serve()
        return try await eventually("the worker to say what it takes") {
          try await model.registered().leases.map(\.memoryBytes).first { $0 > 0 }
        }
      }
      print("scaling: a worker of the small model takes \(bytes >> 20) MiB")
      // Room for one and a little.
      try await RunningSuite.withSuite(
        in: folder, from: checkout, arguments: ["--memory", "\((bytes * 6 / 5) >> 20)M"]
      ) { suite in
        let model = SmallModel(on: suite)
        _ = try await eventually("the worker to serve") {
          // What it takes is known with its first renewal.
          try await model.registered().leases.contains { $0.memoryBytes > 0 } ? true : nil
        }
        try await model.push(note: "The second one.").succeeded()
        try await model.approve(2)
        let said = try await suite.slipway(
          "deploy", SmallModel.name, "--version", "2", "--wait", as: People.pusher,
          within: .seconds(130))
        #expect(said.status == Self.refused, "\(said)")
        #expect(said.errors.contains("`slipway up --memory`"), "\(said)")
        let listed = try await suite.slipway("workers", "list", as: People.pusher).succeeded()
        #expect(listed.contains("waiting") && listed.contains(" MB"), "\(listed)")
        let client = try suite.client(as: People.pusher)
        #expect(try await client.infer(SmallModel.request).version == "1")
        #expect(suite.processes(of: "inference-worker").count == 1)
        try await suite.slipway("rollback", SmallModel.name, "--wait", as: People.pusher)
          .succeeded()
        let status = try await suite.slipway("status").succeeded()
        #expect(!status.contains("waiting"), "\(status)")
      }
    }
  }
}
