import Contracts
import Foundation
import IntegrationSuite
import RPC
import SlipwayClient
import Testing

extension IntegrationTests.ServedModelTests {
  /// What Prometheus' own tool says of `/metrics`.
  @Suite(.serialized, .timeLimit(.minutes(5))) struct MetricsTests {
    @Test func `promtool finds nothing in the metrics of any service after real traffic`()
      async throws
    {
      let suite = try await IntegrationTests.ServedModelTests.suite()
      let model = SmallModel(on: suite)
      try await makeTraffic(suite)
      var addresses = ["gateway", "registry", "monitor", "content-governor"].map {
        (name: $0, address: suite.endpoints["\($0)-ops"] ?? "")
      }
      let worker = try #require(try await model.registered().leases.first)
      addresses.append(
        ("inference-worker", try await suite.operationsAddress(ofWorker: worker.workerID)))
      for (name, address) in addresses {
        let metrics = try await RunningSuite.get("/metrics", at: address)
        // Triton's names, which dashboards ask for, are none that Prometheus would advise.
        let ours = metrics.split(separator: "\n").filter {
          !$0.hasPrefix("nv_") && !$0.hasPrefix("# HELP nv_") && !$0.hasPrefix("# TYPE nv_")
        }
        let finding = try await promtool(ours.joined(separator: "\n") + "\n", in: suite)
        #expect(finding.isEmpty, "\(name)")
        let hasCalls = metrics.contains("rpc_server_call_duration_seconds_bucket{")
        #expect(hasCalls, "\(name)")
        let health = try await RunningSuite.get("/health/ready", at: address)
        #expect(health == "ready\n", "\(name)")
      }
    }

    @Test func `promtool finds what is wrong`() async throws {
      let finding = try await promtool("# TYPE calls counter\ncalls 1\n", in: OnSuite.job.suite)
      #expect(finding.contains("_total"))
    }

    /// Good calls and refused ones.
    private func makeTraffic(_ suite: RunningSuite) async throws {
      let client = try suite.client(as: People.pusher)
      for _ in 0..<20 { _ = try await client.infer(SmallModel.request) }
      var wrong = SmallModel.request
      wrong.inputs = []
      await #expect(throws: (any Error).self) { _ = try await client.infer(wrong) }
      wrong.model = "somebody-elses"
      await #expect(throws: (any Error).self) { _ = try await client.infer(wrong) }
      await #expect(throws: (any Error).self) {
        _ = try await suite.client(key: "slip_live_no_such_key").infer(SmallModel.request)
      }
    }

    /// Everything that `promtool check metrics` says.
    private func promtool(_ metrics: String, in suite: RunningSuite) async throws -> String {
      let file = suite.folder.home.appending(path: "metrics.txt")
      try Data(metrics.utf8).write(to: file)
      let result = try await RunningSuite.program(
        "sh", "-c", "exec \"$0\" check metrics < \"$1\"", suite.checkout.promtool, file.path)
      return result.output + result.errors + (result.status == 0 ? "" : "exit \(result.status)")
    }
  }
}
