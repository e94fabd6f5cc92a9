import Contracts
import Logging
import RPC
import Synchronization
import Testing

@testable import GatewayCore

struct RecordReporterTests {
  /// Takes batches, unless it is away.
  private final class FakeMonitor: Sendable {
    let batches = Mutex<[Monitor.RecordRequest]>([])
    let failures = Mutex(0)

    func take(_ batch: Monitor.RecordRequest) throws {
      let mustFail = failures.withLock { left in
        defer { left = max(0, left - 1) }
        return left > 0
      }
      // What fails may have been taken all the same: only the answer was lost.
      batches.withLock { $0.append(batch) }
      if mustFail { throw RPCError(.unavailable, "away") }
    }
  }

  @Test func `batches are bounded, and nothing is lost or out of order`() async throws {
    let (spool, monitor) = (RecordSpool(), FakeMonitor())
    for id in 0..<5000 { spool.append(Monitor.CallRecord(requestID: "\(id)")) }
    try await RecordReporter(spool: spool, logger: Logger(label: "test")).handOn {
      try monitor.take($0)
    }
    let batches = monitor.batches.withLock { $0 }
    #expect(batches.allSatisfy { $0.records.count <= 2000 })
    #expect(batches.flatMap(\.records).map(\.requestID) == (0..<5000).map { "\($0)" })
    #expect(Set(batches.map(\.gateway)).count == 1)
  }

  @Test func `what the monitor did not acknowledge is told again`() async throws {
    let (spool, monitor) = (RecordSpool(), FakeMonitor())
    let reporter = RecordReporter(spool: spool, logger: Logger(label: "test"))
    for id in 0..<3 { spool.append(Monitor.CallRecord(requestID: "\(id)")) }
    monitor.failures.withLock { $0 = 1 }
    await #expect(throws: RPCError.self) { try await reporter.handOn { try monitor.take($0) } }
    spool.append(Monitor.CallRecord(requestID: "3"))
    try await reporter.handOn { try monitor.take($0) }
    let batches = monitor.batches.withLock { $0 }
    #expect(
      batches.map { $0.records.map(\.requestID) } == [["0", "1", "2"], ["0", "1", "2", "3"]])
    #expect(spool.take().isEmpty)
  }

  @Test func `the monitor is told how many were dropped`() async throws {
    let (spool, monitor) = (RecordSpool(recordsMax: 1, bodyBytesMax: 0), FakeMonitor())
    for id in 0..<4 { spool.append(Monitor.CallRecord(requestID: "\(id)")) }
    try await RecordReporter(spool: spool, logger: Logger(label: "test")).handOn {
      try monitor.take($0)
    }
    #expect(monitor.batches.withLock { $0.map(\.dropped) } == [3])
  }
}
