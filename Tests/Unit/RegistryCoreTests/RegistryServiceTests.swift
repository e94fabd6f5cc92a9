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
    let running = Task { [service = house.service] in
      await service.run { error in Issue.record("\(error)") }
    }
    house.clock.advance(by: .seconds(6))
    #expect(try await watch.next()?.leases == [])
    running.cancel()
    await running.value
  }

  @Test func refusesToStartWithoutATrustFile() async throws {
    let directory = try TemporaryDirectory()
    await #expect(throws: RegistryError.self) {
      try await House.open(directory, House.limits, ManualClock())
    }
  }
}
