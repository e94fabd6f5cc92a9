import Contracts
import Testing

@testable import GatewayCore

struct RecordSpoolTests {
  private static func record(_ id: Int, bodyBytes: Int = 0) -> Monitor.CallRecord {
    var record = Monitor.CallRecord(requestID: "\(id)")
    if bodyBytes > 0 {
      record.request = [.init(content: [UInt8](repeating: 1, count: bodyBytes))]
    }
    return record
  }

  @Test func `what comes while it is full is dropped and counted`() {
    let spool = RecordSpool(recordsMax: 3, bodyBytesMax: 100)
    for id in 0..<5 { spool.append(Self.record(id)) }
    #expect(spool.take().map(\.requestID) == ["0", "1", "2"])
    #expect(spool.droppedCount == 2)
    spool.append(Self.record(5))
    #expect(spool.take().map(\.requestID) == ["5"])
    #expect(spool.take().isEmpty)
  }

  @Test func `bodies go before records do`() {
    let spool = RecordSpool(recordsMax: 10, bodyBytesMax: 100)
    for id in 0..<4 { spool.append(Self.record(id, bodyBytes: 40)) }
    #expect(spool.take().map { $0.request.count } == [1, 1, 0, 0])
    #expect(spool.droppedCount == 0)
    spool.append(Self.record(9, bodyBytes: 90))
    #expect(spool.take().map { $0.request.count } == [1])
  }

  @Test func `what comes back stands before what came since`() {
    let spool = RecordSpool(recordsMax: 3, bodyBytesMax: 100)
    for id in 0..<2 { spool.append(Self.record(id)) }
    let taken = spool.take()
    for id in 2..<4 { spool.append(Self.record(id)) }
    spool.giveBack(taken)
    #expect(spool.take().map(\.requestID) == ["0", "1", "2"])
    #expect(spool.droppedCount == 1)
  }
}
