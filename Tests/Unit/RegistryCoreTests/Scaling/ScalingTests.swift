import AuditLog
import Contracts
import Foundation
import Testing

@testable import RegistryCore

struct ScalingTests {
  private static let second: UInt64 = 1_000_000_000

  private func house(min: UInt32 = 0, max: UInt32 = 4) async throws -> House {
    let house = try await House()
    _ = try await house.pushApproved()
    try await house.deploy([.init(version: 1, replicas: 1, weight: 100)])
    try await scale(house, min: min, max: max)
    return house
  }

  @discardableResult
  private func scale(
    _ house: House, min: UInt32, max: UInt32
  ) async throws -> Registry.Deployment {
    try await house.service.deployments.scale(
      .init(
        model: "magika",
        scaling: .init(
          min: min, max: max, waitTarget: 50_000_000, idle: 60 * Self.second)),
      by: .principal("ops"))
  }

  private func replicas(_ house: House) async throws -> UInt32? {
    try await house.service.models.model("magika").deployment?.targets.first?.replicas
  }

  /// A worker renews its lease.
  private func renew(
    _ house: House, _ id: String, calls: UInt64 = 0, wait milliseconds: UInt64 = 0
  ) throws {
    let request = Registry.RenewLeaseRequest(
      workerID: id, calls: calls, queueWait: milliseconds * 1_000_000)
    house.service.scaling.take(request, of: try house.service.leases.renew(request))
  }

  @Test func aVersionThatNobodyCallsLosesItsWorkerAndGetsOneWithTheNextCall() async throws {
    let house = try await house()
    _ = try await house.acquire("w1")
    try await house.service.scaling.turn()
    for _ in 0..<15 {
      house.clock.advance(by: .seconds(4))
      try renew(house, "w1")
    }
    #expect(try await replicas(house) == 1)
    try await house.service.scaling.turn()
    #expect(try await replicas(house) == 0)
    let revision = try await house.service.models.model("magika").deployment?.revision
    try await house.service.scaling.demand(.init(model: "magika", version: 1, waiting: 3))
    #expect(try await replicas(house) == 1)
    // Following the load is no change of what somebody wanted.
    #expect(try await house.service.models.model("magika").deployment?.revision == revision)
    let steps = try await house.service.entries().filter {
      $0.actor.description == "service:registry"
    }
    #expect(steps.map(\.kind.name) == ["deployment.scale", "deployment.scale"])
    #expect(steps.map(\.reason) == ["nobody has called for 60 s", "calls wait for a worker"])
  }

  @Test func callsThatWaitTooLongBringAnotherWorker() async throws {
    let house = try await house(min: 1)
    _ = try await house.acquire("w1")
    try await house.service.scaling.turn()
    try renew(house, "w1", calls: 10, wait: 80)
    try await house.service.scaling.turn()
    #expect(try await replicas(house) == 2)
    let watched = try await house.service.watches.state(of: "magika")
    #expect(watched.deployment?.targets.first?.replicas == 2)
    #expect(try #require(watched.memory.first).bytes > 0)
  }

  @Test func whatTheLoadAsksForSurvivesARestart() async throws {
    let house = try await house(min: 1)
    _ = try await house.acquire("w1")
    try await house.service.scaling.turn()
    try renew(house, "w1", calls: 10, wait: 500)
    try await house.service.scaling.turn()
    let service = try await house.reopened()
    #expect(try await service.models.model("magika").deployment?.targets.first?.replicas == 2)
  }

  @Test func aNumberThatAPersonSetsEndsIt() async throws {
    let house = try await house(min: 1)
    _ = try await house.acquire("w1")
    try await house.service.scaling.turn()
    try renew(house, "w1", calls: 10, wait: 500)
    try await house.service.scaling.turn()
    _ = try await house.service.deployments.scale(
      .init(model: "magika", replicas: 1), by: .principal("ops"))
    try await house.service.scaling.turn()
    try renew(house, "w1", calls: 10, wait: 500)
    try await house.service.scaling.turn()
    #expect(try await replicas(house) == 1)
    // What was asked for before is forgotten.
    #expect(try await scale(house, min: 1, max: 4).targets.first?.replicas == 1)
  }

  @Test func callsForAVersionOfAFixedNumberChangeNothing() async throws {
    let house = try await House()
    _ = try await house.pushApproved()
    try await house.deploy([.init(version: 1, replicas: 1, weight: 100)])
    let before = try await house.logged()
    try await house.service.scaling.demand(.init(model: "magika", version: 1, waiting: 3))
    try await house.service.scaling.demand(.init(model: "other", version: 7, waiting: 3))
    #expect(try await house.logged() == before)
  }

  @Test(arguments: [(2, 1), (0, 0), (1, 5000)] as [(UInt32, UInt32)])
  func boundsThatNoneCanBeAreRefused(min: UInt32, max: UInt32) async throws {
    let house = try await House()
    _ = try await house.pushApproved()
    try await house.deploy([.init(version: 1, replicas: 1, weight: 100)])
    await #expect(throws: RegistryError.self) { try await scale(house, min: min, max: max) }
  }

  @Test func aRollbackGoesToWhatAPersonWantedAndItsBounds() async throws {
    let house = try await house(min: 1)
    _ = try await house.pushApproved(Package(weights: [9]))
    try await house.deploy([.init(version: 2, replicas: 1, weight: 100)])
    let back = try await house.service.deployments.rollBack(
      .init(model: "magika"), by: .principal("ops"))
    #expect(back.targets.first?.scaling?.max == 4)
  }
}
