import AuditLog
import Testing

@testable import GatewayCore

@Suite struct RefusalTests {
  private let minute: Int64 = 60 * second

  @Test("refusals are told once, by source, when their minute is over")
  func byMinute() async throws {
    try await TestGateway.run { gateway in
      let counter = RefusalCounter()
      let reporter = RefusalReporter(store: gateway.store, counter: counter)
      for _ in 0..<1_000 { counter.add(source: "10.0.0.1", nowNanoseconds: gateway.clock.now) }
      counter.add(source: "10.0.0.2", nowNanoseconds: gateway.clock.now)
      try await reporter.report()
      #expect(try await gateway.store.pendingEntries().isEmpty)
      gateway.clock.advance(minute)
      counter.add(source: "10.0.0.1", nowNanoseconds: gateway.clock.now)
      try await reporter.report()
      try await reporter.report()
      let entries = try await gateway.entries()
      #expect(entries.map(\.actor) == ["10.0.0.1", "10.0.0.2"].map { AuditReference(.source, $0) })
      #expect(entries.map { $0.after?["refusals"] } == [.integer(1_000), .integer(1)])
      #expect(entries.allSatisfy { $0.kind == .signInRefused })
      try await reporter.report(isLast: true)
      #expect(try await gateway.store.pendingEntries().count == 3)
    }
  }

  @Test("any number of sources takes the room of a few, and none is lost")
  func bounded() {
    let counter = RefusalCounter()
    for number in 0..<10_000 { counter.add(source: "s\(number)", nowNanoseconds: someday) }
    counter.add(source: String(repeating: "x", count: 10_000), nowNanoseconds: someday)
    let reports = counter.takeAll()
    #expect(reports.count == RefusalCounter.sourcesPerMinuteMax + 1)
    #expect(reports.reduce(0) { $0 + $1.refusals } == 10_001)
  }

  @Test("a log that is away for hours costs a bounded number of minutes, and none is lost")
  func minutesAreBounded() {
    let counter = RefusalCounter()
    for number in 0..<500 {
      counter.add(source: "s", nowNanoseconds: someday + Int64(number) * minute)
    }
    let reports = counter.takeAll()
    #expect(reports.count == RefusalCounter.minutesMax)
    #expect(reports.reduce(0) { $0 + $1.refusals } == 500)
  }

  @Test("what can't be told now is told later")
  func failedReport() async throws {
    try await TestGateway.run { gateway in
      let counter = RefusalCounter()
      counter.add(source: "s", nowNanoseconds: gateway.clock.now)
      gateway.clock.advance(minute)
      try await gateway.store.close()
      await #expect(throws: GatewayError.self) {
        try await RefusalReporter(store: gateway.store, counter: counter).report()
      }
      let again = try await gateway.restarted()
      try await RefusalReporter(store: again.store, counter: counter).report()
      #expect(try await again.store.pendingEntries().count == 1)
    }
  }
}
