import Contracts
import Testing

@testable import RegistryCore

struct LeasesTests {
  @Test func aLeaseIsSeenRenewedAndReleased() async throws {
    let house = try await House()
    try await house.push()
    let lease = try await house.acquire("w1")
    #expect(lease.state == "serving")
    house.clock.advance(by: .seconds(5))
    let renewed = try house.service.leases.renew(.init(workerID: "w1", queueDepth: 4, inFlight: 2))
    #expect(renewed.expiresAt > lease.expiresAt)
    #expect(try await house.service.models.model("magika").leases == [renewed])
    try await house.service.leases.release(.init(workerID: "w1"), by: House.worker)
    try await house.service.leases.release(.init(workerID: "w1"), by: House.worker)
    #expect(house.service.leases.list(.init()).isEmpty)
    #expect(try await house.logged().suffix(2) == ["worker.lease", "worker.release"])
  }

  @Test func aLeaseThatIsNotRenewedVanishesAndIsLogged() async throws {
    let house = try await House()
    try await house.push()
    _ = try await house.acquire("w1")
    house.clock.advance(by: .seconds(6))
    #expect(house.service.leases.list(.init()).isEmpty)
    #expect(throws: RegistryError.self) { try house.service.leases.renew(.init(workerID: "w1")) }
    try await house.service.leases.expire()
    try await house.service.leases.expire()
    #expect(try await house.logged().suffix(2) == ["worker.lease", "worker.lost"])
    _ = try await house.acquire("w1")
    #expect(house.service.leases.list(.init(model: "magika")).count == 1)
  }

  @Test func workersAreKnownAfterARestartAndHaveAWholeLeaseTime() async throws {
    let house = try await House()
    try await house.push()
    _ = try await house.acquire("w1")
    _ = try await house.acquire("w2")
    _ = try await house.service.leases.drain(.init(workerID: "w2"), by: .principal("ops"))
    house.clock.advance(by: .seconds(60))
    let service = try await house.reopened()
    let leases = service.leases.list(.init(model: "magika"))
    #expect(leases.map(\.workerID) == ["w1", "w2"])
    #expect(leases.map(\.state) == ["serving", "draining"])
    house.clock.advance(by: .seconds(5))
    _ = try service.leases.renew(.init(workerID: "w1"))
    house.clock.advance(by: .seconds(2))
    try await service.leases.expire()
    #expect(service.leases.list(.init(model: "magika")).map(\.workerID) == ["w1"])
  }

  @Test func aDrainingWorkerIsToldAtItsNextRenewal() async throws {
    let house = try await House()
    try await house.push()
    _ = try await house.acquire("w1")
    let drain = {
      try await house.service.leases.drain(
        .init(workerID: "w1", reason: "host goes down"), by: .principal("ops"))
    }
    #expect(try await drain().state == "draining")
    #expect(try await drain().state == "draining")
    #expect(try house.service.leases.renew(.init(workerID: "w1")).state == "draining")
    #expect(try await house.logged().filter { $0 == "worker.drain" }.count == 1)
  }

  @Test func manyChangesOfOneWorkerAtOnceLeaveMemoryAndDiskAlike() async throws {
    let house = try await House()
    try await house.push()
    let leases = house.service.leases
    await withTaskGroup(of: Void.self) { group in
      for turn in 0..<60 {
        group.addTask {
          if turn.isMultiple(of: 2) {
            _ = try? await house.acquire("w1")
          } else {
            try? await leases.release(.init(workerID: "w1"), by: House.worker)
          }
        }
      }
    }
    let changes = try await house.logged().filter { $0.hasPrefix("worker.") }
    #expect(!zip(changes, changes.dropFirst()).contains { $0 == $1 }, "\(changes)")
    let before = leases.list(.init()).map(\.workerID)
    let service = try await house.reopened()
    #expect(service.leases.list(.init()).map(\.workerID) == before)
  }

  @Test(arguments: [
    Registry.AcquireLeaseRequest(workerID: "", model: "magika", version: 1, endpoint: "h:1"),
    .init(workerID: "w 1", model: "magika", version: 1, endpoint: "h:1"),
    .init(workerID: "w", model: "magika", version: 9, endpoint: "h:1"),
    .init(workerID: "w", model: "other", version: 1, endpoint: "h:1"),
    .init(workerID: "w", model: "magika", version: 1, endpoint: "h"),
    .init(workerID: "w", model: "magika", version: 1, endpoint: ":1"),
    .init(workerID: "w", model: "magika", version: 1, endpoint: "h:0"),
    .init(workerID: "w", model: "magika", version: 1, endpoint: "h:70000"),
  ])
  func refusesALeaseThatSaysNothing(_ request: Registry.AcquireLeaseRequest) async throws {
    let house = try await House()
    try await house.push()
    await #expect(throws: RegistryError.self) {
      try await house.service.leases.acquire(request, by: House.worker)
    }
  }
}
