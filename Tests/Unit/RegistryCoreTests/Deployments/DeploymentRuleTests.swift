import Contracts
import Testing

@testable import RegistryCore

struct DeploymentRuleTests {
  private static func state(_ targets: (UInt32, UInt32, UInt32)...) -> [Registry.Target] {
    targets.map { Registry.Target(version: $0.0, replicas: $0.1, weight: $0.2) }
  }

  @Test(arguments: [
    [], state((1, 1, 100)), state((1, 3, 90), (2, 1, 10)), state((1, 0, 0), (2, 1, 100)),
  ])
  func takesADesiredState(_ targets: [Registry.Target]) throws {
    try DeploymentRule.check(targets, limits: RegistryLimits())
  }

  @Test(arguments: [
    state((1, 1, 99)), state((1, 1, 100), (2, 1, 1)), state((1, 0, 100)),
    state((1, 1, 50), (1, 1, 50)), state((1, 2000, 100)), state((1, 1, .max), (2, 1, 101)),
    (0..<17).map { Registry.Target(version: $0, replicas: 1, weight: $0 == 0 ? 100 : 0) },
  ])
  func refusesWhatNoDesiredStateCanBe(_ targets: [Registry.Target]) {
    #expect(throws: RegistryError.self) {
      try DeploymentRule.check(targets, limits: RegistryLimits())
    }
  }

  /// Versions of each state, oldest first, and those that a rollback goes back to.
  @Test(
    arguments: [
      ([[1]], nil),
      ([[1], [1, 2]], [1]),
      ([[1], [1, 2], [2]], [1]),
      ([[1], [1, 2], [2], [1]], [2]),
      ([[1], [1], [2], [2]], [1]),
      ([[1], [], [2]], [1]),
      ([[1], [2], [2, 3], [3]], [2]),
      ([[1], []], [1]),
      ([], nil),
    ] as [([[UInt32]], [UInt32]?)])
  func rollsBackTheNewestVersion(_ states: [[UInt32]], _ expected: [UInt32]?) {
    let history = states.enumerated().reversed().map { index, versions in
      Registry.Deployment(
        targets: versions.map { Registry.Target(version: $0) }, revision: UInt64(index + 1))
    }
    #expect(DeploymentRule.rollback(history: history)?.targets.map(\.version) == expected)
  }

  @Test func scalesTheOnlyVersionWithoutItsNumber() throws {
    let limits = RegistryLimits()
    let after = try DeploymentRule.scale(
      Self.state((4, 1, 100)), version: 0, replicas: 3, limits: limits)
    #expect(after == Self.state((4, 3, 100)))
  }

  @Test(arguments: [
    (state((1, 1, 50), (2, 1, 50)), UInt32(0), UInt32(3), "several versions"),
    (state((1, 1, 100)), 2, 3, "not deployed"), (state(), 0, 3, "nothing is deployed"),
    (state((1, 1, 100)), 1, 0, "expected at least 1"),
    (state((1, 1, 100)), 1, 5000, "expected at most 1024"),
  ])
  func refusesToScale(
    _ targets: [Registry.Target], _ version: UInt32, _ replicas: UInt32, _ expected: String
  ) {
    do throws(RegistryError) {
      _ = try DeploymentRule.scale(
        targets, version: version, replicas: replicas, limits: RegistryLimits())
      Issue.record("it was taken")
    } catch {
      #expect(error.message.contains(expected), "\(error.message)")
    }
  }
}
