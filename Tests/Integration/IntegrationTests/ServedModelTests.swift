import IntegrationSuite
import Testing

extension IntegrationTests {
  /// Tests that share one suite, on which a small model is served by one worker.
  @Suite(.serialized, .onSuite) enum ServedModelTests {
    /// May do what a developer may.
    static let stranger = "mallory"

    /// The suite; whichever test comes first makes people, keys, model and deployment.
    static func suite() async throws -> RunningSuite {
      let suite = try OnSuite.job.suite
      if (try? suite.key(of: stranger)) == nil {
        try await SmallModel(on: suite).serve()
        try await suite.makeKey(of: stranger, roles: ["developer"])
      }
      return suite
    }
  }
}
