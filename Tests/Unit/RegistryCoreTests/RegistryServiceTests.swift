import Contracts
import Testing

@testable import RegistryCore

struct RegistryServiceTests {
  @Test func runningItEndsLeasesWhoseTimeIsOver() async throws {
    let house = try await House()
    try await house.push()
    _ = try await house.acquire("w1")
    var watch = try house.service.watches.begin()
    while let state = try await watch.next(), !state.model.isEmpty {}
    let state = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [service = house.service] in
        await service.run { error in Issue.record("\(error)") }
      }
      house.clock.advance(by: .seconds(6))
      defer { group.cancelAll() }
      return try await watch.next()
    }
    #expect(state?.leases == [])
  }

  @Test func refusesToStartWithoutATrustFile() async throws {
    let directory = try TemporaryDirectory()
    await #expect(throws: RegistryError.self) {
      try await House.open(directory, House.limits, ManualClock())
    }
  }
}
