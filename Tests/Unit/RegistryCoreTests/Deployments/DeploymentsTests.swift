import Contracts
import Foundation
import GRDB
import Testing

@testable import RegistryCore

struct DeploymentsTests {
  private static func all(_ version: UInt32, _ replicas: UInt32 = 1) -> [Registry.Target] {
    [.init(version: version, replicas: replicas, weight: 100)]
  }

  private func message(_ work: () async throws -> Void) async -> String {
    do {
      try await work()
      return ""
    } catch let error as RegistryError {
      return error.message
    } catch {
      return "\(error)"
    }
  }

  @Test func refusesAnUnapprovedVersionAndSaysWhoIsMissing() async throws {
    let house = try await House()
    let version = try await house.push()
    let nobody = await message { try await house.deploy(Self.all(1)) }
    #expect(nobody.contains("nobody has approved it, 2 more people needed"), "\(nobody)")
    #expect(nobody.contains("`slipway approve magika 1 --environment production`"), "\(nobody)")
    try await house.approve(version, by: house.people.ana)
    try await house.approve(version, by: house.people.ben, environment: "staging")
    let one = await message { try await house.deploy(Self.all(1)) }
    #expect(one.contains("approved by `ana`, 1 more person needed"), "\(one)")
    #expect(try await house.logged().last == "approval.add")
  }

  @Test func deploysAnApprovedVersion() async throws {
    let house = try await House()
    _ = try await house.pushApproved()
    let deployment = try await house.deploy(Self.all(1))
    #expect(deployment.revision == 1)
    #expect(deployment.environment == "production")
    #expect(deployment.setBy == "ops")
    #expect(try await house.service.models.model("magika").deployment == deployment)
  }

  @Test func refusesWhenOneOfTwoVersionsIsNotApproved() async throws {
    let house = try await House()
    _ = try await house.pushApproved(Package(weights: [1]))
    try await house.push(Package(weights: [2]))
    let refusal = await message {
      try await house.deploy([
        .init(version: 1, replicas: 1, weight: 90), .init(version: 2, replicas: 1, weight: 10),
      ])
    }
    #expect(refusal.contains("version 2 of `magika`"), "\(refusal)")
  }

  @Test func refusesAnApprovalThatHasRunOut() async throws {
    let house = try await House()
    let version = try await house.push()
    try await house.approve(version, by: house.people.ana, days: 10)
    try await house.approve(version, by: house.people.ben, days: 20)
    house.clock.advance(by: .seconds(11 * 86_400))
    let refusal = await message { try await house.deploy(Self.all(1)) }
    #expect(refusal.contains("expired"), "\(refusal)")
  }

  @Test func refusesWhoeverSawAnOlderState() async throws {
    let house = try await House()
    _ = try await house.pushApproved()
    try await house.deploy(Self.all(1))
    try await house.deploy(Self.all(1, 2), expecting: 1)
    let refusal = await message { try await house.deploy(Self.all(1, 3), expecting: 1) }
    #expect(refusal.contains("is at revision 2, you saw 1"), "\(refusal)")
  }

  @Test func refusesAVersionThatIsNotHere() async throws {
    let house = try await House()
    _ = try await house.pushApproved()
    let refusal = await message { try await house.deploy(Self.all(9)) }
    #expect(refusal == "`magika` has no version 9: expected 1 to 1")
  }

  @Test func rollsACanaryAndAPromotionBack() async throws {
    let house = try await House()
    _ = try await house.pushApproved(Package(weights: [1]))
    _ = try await house.pushApproved(Package(weights: [2]))
    let back = {
      try await house.service.deployments.rollBack(
        .init(model: "magika", reason: "errors"), by: .principal("ops"))
    }
    await #expect(throws: RegistryError.self) { try await back() }
    try await house.deploy(Self.all(1, 2))
    let canary: [Registry.Target] = [
      .init(version: 1, replicas: 2, weight: 90), .init(version: 2, replicas: 1, weight: 10),
    ]
    try await house.deploy(canary)
    #expect(try await back().targets == Self.all(1, 2))
    try await house.deploy(canary)
    try await house.deploy(Self.all(2, 2))
    let rolledBack = try await back()
    #expect(rolledBack.targets == Self.all(1, 2))
    #expect(rolledBack.revision == 6)
    #expect(rolledBack.reason == "errors")
  }

  @Test func refusesToRollBackToWhatIsApprovedNoMore() async throws {
    let house = try await House()
    let first = try await house.push(Package(weights: [1]))
    try await house.approve(first, by: house.people.ana, days: 10)
    try await house.approve(first, by: house.people.ben, days: 10)
    _ = try await house.pushApproved(Package(weights: [2]))
    try await house.deploy(Self.all(1))
    try await house.deploy(Self.all(2))
    house.clock.advance(by: .seconds(11 * 86_400))
    await #expect(throws: RegistryError.self) {
      try await house.service.deployments.rollBack(.init(model: "magika"), by: .principal("ops"))
    }
  }

  @Test func scalesAndAsksTwiceForTheSameOnce() async throws {
    let house = try await House()
    _ = try await house.pushApproved()
    try await house.deploy(Self.all(1))
    let scale = { (replicas: UInt32) in
      try await house.service.deployments.scale(
        .init(model: "magika", replicas: replicas), by: .principal("ops"))
    }
    #expect(try await scale(3).revision == 2)
    #expect(try await scale(3).revision == 2)
    #expect(try await scale(1).targets == Self.all(1))
    let history = try await house.service.deployments.history(.init(model: "magika"))
    #expect(history.map(\.revision) == [3, 2, 1])
  }

  @Test func scalingUpNeedsApprovalsThatHoldAndScalingDownDoesNot() async throws {
    let house = try await House()
    let version = try await house.push()
    try await house.approve(version, by: house.people.ana, days: 10)
    try await house.approve(version, by: house.people.ben, days: 10)
    try await house.deploy(Self.all(1, 2))
    house.clock.advance(by: .seconds(11 * 86_400))
    let scale = { (replicas: UInt32) in
      try await house.service.deployments.scale(
        .init(model: "magika", version: 1, replicas: replicas), by: .principal("ops"))
    }
    await #expect(throws: RegistryError.self) { try await scale(3) }
    #expect(try await scale(1).targets == Self.all(1))
  }

  /// Whoever can write to the database can not make an unapproved version deployable.
  @Test(arguments: [
    // A forged row that says that ben approved.
    """
    INSERT OR IGNORE INTO approval SELECT model, version, environment, 'ben', 'ben', envelope, approved_at,
      expires_at FROM approval
    """,
    // Another environment's approval moved here.
    "UPDATE OR REPLACE approval SET environment = 'production'",
    // A signature altered in its envelope.
    "UPDATE approval SET envelope = CAST(replace(envelope, 'sig', 'gis') AS BLOB)",
    // The approved version's number on other content.
    "UPDATE version SET manifest_bundle = (SELECT manifest_bundle FROM version WHERE number = 1)",
    // The approvals of version 1 under version 2.
    "UPDATE OR REPLACE approval SET version = 2",
    "UPDATE version_file SET sha256 = (SELECT sha256 FROM version_file LIMIT 1)",
  ])
  func tamperedRowsDeployNothing(_ sql: String) async throws {
    let house = try await House()
    _ = try await house.pushApproved(Package(weights: [1]))
    let second = try await house.push(Package(weights: [2]))
    try await house.approve(second, by: house.people.ana)
    try await house.approve(second, by: house.people.ben, environment: "staging")
    let database = try DatabaseQueue(path: "\(house.directory.path)/registry.sqlite")
    try await database.write { db in
      try db.execute(sql: sql)
      #expect(db.changesCount > 0)
    }
    let refusal = await message { try await house.deploy(Self.all(2)) }
    #expect(refusal.contains("may not be deployed"), "\(refusal)")
  }
}
