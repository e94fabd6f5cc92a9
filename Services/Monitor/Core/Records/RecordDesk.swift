package import Contracts
import GRDB
import MonitorStatistics
import Storage

/// Takes in what gateways tell of calls.
package struct RecordDesk: Sendable {
  /// Names that nobody could have given; a gateway's own rules are tighter.
  private static let nameBytesMax = 256

  let store: MonitorStore
  let limits: MonitorLimits
  private let reader: BodyReader

  init(store: MonitorStore, limits: MonitorLimits) {
    self.store = store
    self.limits = limits
    reader = BodyReader(limits: limits)
  }

  /// Keeps records; on disk when this returns. One whose request is known counts no more, but an answer
  /// takes the place of a failure.
  package func record(
    _ request: Monitor.RecordRequest
  ) async throws(MonitorError) -> Monitor.RecordResponse {
    guard request.records.count <= limits.recordsPerCallMax else {
      throw .invalid(
        "\(request.records.count) records: expected at most \(limits.recordsPerCallMax)")
    }
    var kept: [(record: Monitor.CallRecord, rows: RecordRows?)] = []
    var unreadable = 0
    for record in request.records {
      let names = [record.model, record.requestID, record.keyID, record.principal, record.worker]
      guard names.allSatisfy({ $0.utf8.count <= Self.nameBytesMax }), !record.model.isEmpty else {
        throw .invalid("a record's names have at most \(Self.nameBytesMax) bytes")
      }
      let rows = record.request.isEmpty ? nil : reader.rows(of: record)
      if rows == nil, !record.request.isEmpty { unreadable += 1 }
      kept.append((record, rows))
    }
    return try await store.keep { [kept, unreadable] database in
      var added: UInt32 = 0
      for (record, rows) in kept {
        if try RecordTable.keep(record, rows, in: database) { added += 1 }
      }
      // What is told again counts again: these are for people, who look for more than none.
      try TallyTable.add(unreadable, to: TallyTable.unreadable, in: database)
      if request.dropped > 0 {
        try TallyTable.raise(
          TallyTable.dropped + request.gateway.prefix(32), to: request.dropped, in: database)
      }
      return Monitor.RecordResponse(added: added)
    }
  }
}
