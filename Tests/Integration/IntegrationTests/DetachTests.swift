import Foundation
import IntegrationSuite
import Testing

extension IntegrationTests {
  /// A suite that goes on without the command that started it.
  @Suite(.serialized, .timeLimit(.minutes(5))) struct DetachTests {
    @Test func `a detached suite is ready when the command returns, and down ends it`()
      async throws
    {
      try await DetachedRun.with { run in
        let said = try await run.up().succeeded()
        #expect(said.contains("gateway") && said.contains("127.0.0.1:"))
        try expectStatus(try await run.slipway("status", "--json").succeeded())
        let second = try await run.up().refused()
        #expect(second.contains("runs on"), "\(second)")
        try await run.slipway("down").succeeded()
        #expect(run.leftovers.isEmpty)
      }
    }

    @Test func `a detached suite whose ports are taken says so and leaves nothing behind`()
      async throws
    {
      try await DetachedRun.with { first in
        try await first.up().succeeded()
        try await DetachedRun.with(portsOf: first) { second in
          let said = try await second.up().refused()
          #expect(said.contains("another process has the port"), "\(said)")
          #expect(said.contains("--port-base"), "\(said)")
          #expect(second.leftovers.isEmpty)
        }
        try await first.slipway("down").succeeded()
      }
    }

    @Test func `a detached suite that can't start says why`() async throws {
      try await DetachedRun.with { run in
        try run.breakKeys()
        let said = try await run.up().refused()
        #expect(said.contains("roles") || said.contains("keys"), "\(said)")
        #expect(run.leftovers.isEmpty)
      }
    }

    /// Every service of the suite, each with its release and where it is.
    private func expectStatus(_ json: String) throws {
      struct Status: Decodable {
        struct Service: Decodable {
          var name: String
          var endpoint: String
          var release: String
        }
        var services: [Service]
      }
      let services = try JSONDecoder().decode(Status.self, from: Data(json.utf8)).services
      #expect(services.map(\.name) == ["gateway", "registry", "monitor", "content-governor"])
      for service in services {
        #expect(!service.release.isEmpty && service.endpoint.hasPrefix("127.0.0.1:"), "\(service)")
      }
    }
  }
}
