import IntegrationSuite
import Testing

/// Gives all tests of a Swift Testing suite one suite of processes that runs from the first to the last.
struct OnSuite: SuiteTrait, TestScoping {
  @TaskLocal private static var bound: MainJob?

  static var job: MainJob {
    get throws {
      guard let bound else { throw StepFailure("the test runs outside of its suite") }
      return bound
    }
  }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let folder = try SuiteFolder()
    defer { folder.remove() }
    try await RunningSuite.withSuite(in: folder, from: Checkout()) { suite in
      try await Self.$bound.withValue(MainJob(on: suite)) { try await function() }
    }
  }
}

extension Trait where Self == OnSuite {
  /// See ``OnSuite``.
  static var onSuite: OnSuite { OnSuite() }
}

/// Runs `body` on a suite of its own; a failure brings the logs.
func withFreshSuite(
  arguments: [String] = [], variables: [String: String] = [:],
  _ body: (RunningSuite) async throws -> Void
) async throws {
  let folder = try SuiteFolder()
  defer { folder.remove() }
  try await RunningSuite.withSuite(
    in: folder, from: Checkout(), arguments: arguments, variables: variables
  ) { suite in
    do {
      try await body(suite)
    } catch {
      throw StepFailure("\(error)\n\(suite.logTails())")
    }
  }
}
