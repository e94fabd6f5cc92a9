import Testing
import Trust

@testable import SlipwaySupervisor

/// What the suite's processes are told.
@Suite struct ChildEnvironmentTests {
  private func environment(
    polls: Bool, inherited: [String: String] = [:]
  ) throws -> [String: String] {
    var configuration = SupervisorConfiguration(
      state: StateDirectory(path: "/state"), ports: try PortPlan(base: 7400), executables: "/bin",
      environment: inherited)
    configuration.polls = polls
    return ChildEnvironment(configuration: configuration).service(.gateway)
  }

  @Test func `services poll when the suite is told to`() throws {
    #expect(try environment(polls: true)["SLIPWAY_LATENCY"] == "1")
    #expect(try environment(polls: false)["SLIPWAY_LATENCY"] == nil)
  }

  @Test func `what the person has set for services stays`() throws {
    let inherited = ["SLIPWAY_LATENCY": "1", "SLIPWAY_KEY": "secret"]
    let variables = try environment(polls: false, inherited: inherited)
    #expect(variables["SLIPWAY_LATENCY"] == "1")
    #expect(variables["SLIPWAY_KEY"] == nil)
  }
}
