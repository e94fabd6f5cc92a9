import Contracts
import Foundation
import SlipwaySupervisor
import Testing

@testable import SlipwayTool

@Suite("Workers")
struct WorkerTests {
  /// A state directory as a running suite leaves it.
  private func withState(_ use: (_ state: String) async throws -> Void) async throws {
    try await withFolder { home in
      let parked = """
        [{"id": "m-v2-x", "model": "m", "reason": "nobody has approved it", "revision": 1,
          "state": "parked", "version": 2},
         {"id": "m-v3", "model": "m", "reason": "no room", "revision": 1, "state": "waiting",
          "version": 3}]
        """
      for (file, content) in [
        ("endpoints.json", #"{"gateway": "127.0.0.1:1"}"#), ("absent.json", parked),
      ] {
        try Data(content.utf8).write(to: URL(fileURLWithPath: "\(home)/\(file)"))
      }
      try await use(home)
    }
  }

  private func gateway() -> FakeGateway {
    let gateway = FakeGateway()
    gateway.on(Registry.API.listLeases) { _ in
      Registry.ListLeasesResponse(leases: [
        Registry.Lease(workerID: "m-v1-y", model: "m", version: 1, state: "serving")
      ])
    }
    return gateway
  }

  @Test("workers that were refused are listed with their reason, beside those that serve")
  func list() async throws {
    try await withState { state in
      let run = await Run(
        ["workers", "list", "--state", state], on: gateway(),
        environment: ["SLIPWAY_GATEWAY": ""])
      #expect(run.status == 0, "\(run.complaint)")
      #expect(run.output.contains("m-v1-y") && run.output.contains("serving"))
      #expect(run.output.contains("parked") && run.output.contains("nobody has approved it"))
      #expect(run.output.contains("waiting: no room"))
      let other = await Run(
        ["workers", "list", "n", "--state", state, "--json"], on: gateway(),
        environment: ["SLIPWAY_GATEWAY": ""])
      #expect(!other.output.contains("m-v2-x"))
    }
  }

  @Test("a suite elsewhere has no parked workers to show")
  func elsewhere() async throws {
    try await withState { state in
      let run = await Run(["workers", "list", "--state", state], on: gateway())
      #expect(run.status == 0 && !run.output.contains("parked"))
    }
  }
}
