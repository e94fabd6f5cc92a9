import Synchronization
import Logging
import Testing

@testable import GatewayCore

@Suite struct UsageStoreTests {
  private let cell = UsageCell(keyID: "k1", model: "magika")
  private let one = UsageCount(
    requests: 1, failures: 1, refused: 1, requestBytes: 10, responseBytes: 20,
    durationNanoseconds: 30)

  @Test("flushes add up, in the hour in which they happen")
  func addsUp() async throws {
    try await TestGateway.run { gateway in
      let meter = UsageMeter(stripeCount: 2)
      for flush in 0..<3 {
        meter.add(one, to: cell, stripe: flush)
        meter.add(one, to: UsageCell(keyID: "k1", model: ""), stripe: flush)
        meter.add(one, to: UsageCell(keyID: "k2", model: "magika"), stripe: flush)
        try await gateway.usage.flush(meter)
        gateway.clock.advance(hour)
      }
      let all = try await gateway.usage.rows(keyID: nil, sinceNanoseconds: 0)
      #expect(
        all.map { [$0.keyID, $0.model] } == [["k1", ""], ["k1", "magika"], ["k2", "magika"]])
      #expect(
        all.first?.count
          == UsageCount(
            requests: 3, failures: 3, refused: 3, requestBytes: 30, responseBytes: 60,
            durationNanoseconds: 90))
      let recent = try await gateway.usage.rows(
        keyID: "k2", sinceNanoseconds: someday + hour + hour / 2)
      #expect(recent.map(\.count.requests) == [2])
      #expect(try await gateway.usage.rows(keyID: "k3", sinceNanoseconds: 0).isEmpty)
    }
  }

  @Test("a crash loses what was not flushed and nothing else")
  func crash() async throws {
    try await TestGateway.run { gateway in
      let meter = UsageMeter(stripeCount: 1)
      for _ in 0..<1_000 { meter.add(one, to: cell, stripe: 0) }
      try await gateway.usage.flush(meter)
      meter.add(one, to: cell, stripe: 0)
      let again = try await gateway.restarted()
      let rows = try await again.usage.rows(keyID: nil, sinceNanoseconds: 0)
      #expect(rows.map(\.count.requests) == [1_000])
      try await again.usage.flush(UsageMeter(stripeCount: 1))
      #expect(try await again.usage.rows(keyID: nil, sinceNanoseconds: 0) == rows)
    }
  }

  @Test("what can't be written comes again with the next flush")
  func failedFlush() async throws {
    try await TestGateway.run { gateway in
      let meter = UsageMeter(stripeCount: 1)
      meter.add(one, to: cell, stripe: 0)
      try await gateway.store.close()
      await #expect(throws: GatewayError.self) { try await gateway.usage.flush(meter) }
      meter.add(one, to: cell, stripe: 0)
      let again = try await gateway.restarted()
      try await again.usage.flush(meter)
      let rows = try await again.usage.rows(keyID: nil, sinceNanoseconds: 0)
      #expect(rows.map(\.count.requests) == [2])
    }
  }

  @Test("the longest work does not overflow a sum")
  func hugeSums() async throws {
    try await TestGateway.run { gateway in
      let meter = UsageMeter(stripeCount: 1)
      for _ in 0..<3 {
        meter.add(UsageCount(requests: 1, durationNanoseconds: .max / 2), to: cell, stripe: 0)
        try await gateway.usage.flush(meter)
        gateway.clock.advance(hour)
      }
      let rows = try await gateway.usage.rows(keyID: nil, sinceNanoseconds: 0)
      #expect(rows.map(\.count.durationNanoseconds) == [UInt64(Int64.max)])
    }
  }

  @Test("what is older than it is kept is forgotten")
  func prune() async throws {
    try await TestGateway.run { gateway in
      let meter = UsageMeter(stripeCount: 1)
      meter.add(one, to: cell, stripe: 0)
      try await gateway.usage.flush(meter)
      gateway.clock.advance(UsageStore.hoursKept * hour)
      try await gateway.usage.prune()
      #expect(try await gateway.usage.rows(keyID: nil, sinceNanoseconds: 0).count == 1)
      gateway.clock.advance(hour)
      try await gateway.usage.prune()
      #expect(try await gateway.usage.rows(keyID: nil, sinceNanoseconds: 0).isEmpty)
    }
  }

  @Test("the last round of the books flushes all there is")
  func lastTick() async throws {
    try await TestGateway.run { gateway in
      let meter = UsageMeter(stripeCount: 1)
      let accessLog = AccessLog()
      let refusals = RefusalCounter()
      let written = Mutex<[UInt8]>([])
      let keeper = Bookkeeper(
        meter: meter, usage: gateway.usage,
        refusals: RefusalReporter(store: gateway.store, counter: refusals), accessLog: accessLog,
        writeLines: { lines in written.withLock { $0 += lines } },
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      meter.add(one, to: cell, stripe: 0)
      refusals.add(source: "10.0.0.1", nowNanoseconds: someday)
      accessLog.append(
        AccessRecord(startedAtNanoseconds: 0, requestID: "r", keyID: "k", method: "m"))
      // Cancelled before it begins, so that only the last round is made.
      let task = Task { await keeper.run() }
      task.cancel()
      await task.value
      let rows = try await gateway.usage.rows(keyID: nil, sinceNanoseconds: 0)
      let entries = try await gateway.entries()
      #expect(rows.count == 1 && entries.count == 1)
      #expect(written.withLock { $0.count { $0 == UInt8(ascii: "\n") } } == 1)
    }
  }
}
