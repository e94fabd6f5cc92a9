import Contracts
import Testing

@testable import RegistryCore

struct ModelWatchTests {
  @Test func sendsEveryModelThenAMarkThenWhatChanges() async throws {
    let house = try await House()
    for model in ["a", "b", "magika"] { try await house.push(Package(model: model)) }
    var watch = try house.service.watches.begin()
    var names: [String] = []
    for _ in 0..<4 { names.append(try await watch.next()?.model ?? "end") }
    #expect(names == ["a", "b", "magika", ""])
    _ = try await house.acquire("w1")
    let state = try await watch.next()
    #expect(state?.model == "magika")
    #expect(state?.leases.map(\.workerID) == ["w1"])
    #expect(state?.versions == [1])
  }

  @Test func aSlowWatcherGetsTheLatestStateOnly() async throws {
    let house = try await House()
    _ = try await house.pushApproved()
    var watch = try house.service.watches.begin()
    while let state = try await watch.next(), !state.model.isEmpty {}
    for replicas in 1...20 {
      try await house.deploy([.init(version: 1, replicas: UInt32(replicas), weight: 100)])
    }
    _ = try await house.service.models.setAlias(
      .init(model: "magika", alias: "stable", version: 1), by: .principal("ops"))
    let state = try await watch.next()
    #expect(state?.deployment?.targets.first?.replicas == 20)
    #expect(state?.aliases == [.init(name: "stable", version: 1)])
    #expect(try await isQuiet(&watch, house))
  }

  @Test func aLeaseThatExpiresIsAChange() async throws {
    let house = try await House()
    try await house.push()
    _ = try await house.acquire("w1")
    var watch = try house.service.watches.begin()
    while let state = try await watch.next(), !state.model.isEmpty {}
    house.clock.advance(by: .seconds(6))
    try await house.service.leases.expire()
    #expect(try await watch.next()?.leases == [])
  }

  @Test func aRenewalIsAChangeOnlyWhereTheLoadIsAnother() async throws {
    let house = try await House()
    try await house.push()
    _ = try await house.acquire("w1")
    var watch = try house.service.watches.begin()
    while let state = try await watch.next(), !state.model.isEmpty {}
    _ = try house.service.leases.renew(.init(workerID: "w1"))
    #expect(try await isQuiet(&watch, house))
    _ = try house.service.leases.renew(.init(workerID: "w1", queueDepth: 7))
    #expect(try await watch.next()?.leases.first?.queueDepth == 7)
  }

  @Test func endsWhenTheRegistryCloses() async throws {
    let house = try await House()
    var watch = try house.service.watches.begin()
    #expect(try await watch.next()?.model == "")
    try await house.service.close()
    #expect(try await watch.next() == nil)
  }

  @Test func aWatcherThatIsGoneFreesItsPlace() async throws {
    var limits = House.limits
    limits.watchersMax = 1
    let house = try await House(limits: limits)
    for _ in 0..<3 {
      var watch = try house.service.watches.begin()
      #expect(try await watch.next()?.model == "")
    }
  }

  /// Whether the next thing that the watcher hears of is a model that is pushed only now.
  private func isQuiet(_ watch: inout ModelWatch, _ house: House) async throws -> Bool {
    let sentinel = "sentinel"
    try await house.push(Package(model: sentinel))
    return try await watch.next()?.model == sentinel
  }
}
