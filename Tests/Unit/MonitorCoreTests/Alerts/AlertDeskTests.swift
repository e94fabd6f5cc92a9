import Contracts
import MonitorStatistics
import Synchronization
import Testing

@testable import MonitorCore

struct AlertDeskTests {
  private static let hour = 3600 * MonitorHouse.second

  /// A monitor whose clock the test moves.
  private final class Watched: Sendable {
    let house: MonitorHouse
    let service: MonitorService
    private let clock: SharedClock
    private let seed = Mutex<UInt64>(100)

    init() async throws {
      let clock = SharedClock()
      let house = try await MonitorHouse()
      try await house.service.close()
      self.clock = clock
      self.house = house
      service = try await MonitorService.open(
        MonitorHouse.configuration(house.folder, MonitorLimits()), now: { clock.now })
      _ = try await house.keep(
        DriftDeskTests.rows(1000, seed: 1), prefix: "before",
        at: MonitorHouse.start - 2 * MonitorHouse.day, to: service)
      _ = try await service.baselines.take(
        .init(window: MonitorHouse.window()), by: MonitorHouse.ada)
      _ = try await service.alerts.setWatch(
        .init(
          model: MonitorHouse.model, enabled: true, pagesPerYear: 4, everySeconds: 3600,
          rowsMin: 100), by: MonitorHouse.ada)
    }

    /// An hour of calls, and the look at its end.
    func hour(_ count: Int = 200, shift: Double = 0) async throws {
      let number = seed.withLock { seed in
        seed += 1
        return seed
      }
      let begin = clock.now
      _ = try await house.keep(
        DriftDeskTests.rows(count, seed: number, shift: shift), prefix: "h\(number)-", at: begin,
        to: service)
      clock.move(to: begin + AlertDeskTests.hour)
      try await service.alerts.lookAtDue()
    }

    func listed() async throws -> Monitor.ListAlertsResponse {
      try await service.alerts.list(.init(model: MonitorHouse.model), models: nil)
    }
  }

  private final class SharedClock: Sendable {
    private let time = Mutex(MonitorHouse.start)
    var now: Int64 { time.withLock { $0 } }
    func move(to now: Int64) { time.withLock { $0 = now } }
  }

  @Test func `a drift pages once with its cause, is seen to, and ends when it is over`()
    async throws
  {
    let watched = try await Watched()
    for _ in 0..<5 { try await watched.hour() }
    #expect(try await watched.listed().alerts.isEmpty)
    for _ in 0..<3 { try await watched.hour(shift: 0.7) }
    let alert = try #require(try await watched.listed().alerts.first)
    #expect(try await watched.listed().alerts.count == 1)
    #expect(alert.state == "firing")
    #expect(alert.cause.contains("input `x[1]` has changed most"))
    #expect(alert.surprise > alert.threshold)
    // The same window gives the same numbers.
    let again = try await watched.service.drifts.report(
      .init(
        window: MonitorHouse.window(since: alert.since, until: alert.until),
        baseline: alert.baseline))
    #expect(again.cause == alert.cause)
    #expect(
      PageThreshold.surprise(pValue: again.columns.map(\.pValue).min() ?? 1) == alert.surprise)
    let seen = try await watched.service.alerts.acknowledge(
      .init(id: alert.id), by: MonitorHouse.ada, models: nil)
    #expect(seen.acknowledgedBy == "ada")
    for _ in 0..<2 { try await watched.hour() }
    #expect(try await watched.listed().alerts.map(\.state) == ["resolved"])
    let kinds = try await watched.service.entries().map(\.kind.name)
    #expect(kinds.count { $0 == "alert.fire" } == 1)
    #expect(kinds.count { $0 == "alert.resolve" } == 1)
  }

  @Test func `a look waits for its rows`() async throws {
    let watched = try await Watched()
    try await watched.hour(60)
    #expect(try await watched.listed().watches.first?.quietLooks == 0)
    try await watched.hour(60)
    #expect(try await watched.listed().watches.first?.quietLooks == 1)
  }

  @Test func `nobody sees or acknowledges another model's alerts`() async throws {
    let watched = try await Watched()
    try await watched.hour(shift: 0.7)
    let listed = try await watched.service.alerts.list(.init(), models: ["another"])
    #expect(listed.alerts.isEmpty && listed.watches.isEmpty)
    await #expect(throws: MonitorError.self) {
      try await watched.service.alerts.acknowledge(
        .init(id: 1), by: MonitorHouse.ada, models: ["another"])
    }
    await #expect(throws: MonitorError.self) {
      try await watched.service.alerts.setWatch(
        .init(model: "m", enabled: true), by: MonitorHouse.ada)
    }
  }
}
