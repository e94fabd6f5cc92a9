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
        try await run.slipway("status").succeeded()
        let second = try await run.up().refused()
        #expect(second.contains("runs on"), "\(second)")
        try await run.slipway("down").succeeded()
        #expect(run.leftovers.isEmpty)
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
  }
}
