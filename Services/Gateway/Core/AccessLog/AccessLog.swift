internal import Metrics
import Synchronization

/// Keeps calls until they are written, so that a slow disk or terminal never delays one.
///
/// Bounded: what comes while the buffer is full is dropped and counted.
package final class AccessLog: Sendable {
  /// Calls that wait to be written.
  package static let bufferedMax = 16_384

  private let capacity: Int
  private let state = Mutex(State())
  private let drops = Counter(label: "slipway_gateway_access_log_dropped_total")

  private struct State {
    var records: [AccessRecord] = []
    var dropped: UInt64 = 0
  }

  package init(capacity: Int = AccessLog.bufferedMax) {
    self.capacity = capacity
  }

  /// Takes a call in; never waits for the writer.
  package func append(_ record: AccessRecord) {
    let isDropped = state.withLock { state in
      guard state.records.count < capacity else {
        state.dropped &+= 1
        return true
      }
      state.records.append(record)
      return false
    }
    if isDropped { drops.increment() }
  }

  /// Calls that were dropped since the start.
  package var droppedCount: UInt64 { state.withLock { $0.dropped } }

  /// Everything that waits as lines of JSON; empty if nothing does. Called by the one writer.
  package func takeLines() -> [UInt8] {
    let records = state.withLock { state in
      let records = state.records
      state.records = []
      state.records.reserveCapacity(min(records.count, capacity))
      return records
    }
    var lines: [UInt8] = []
    lines.reserveCapacity(records.count * AccessRecord.lineByteCountExpected)
    for record in records { lines.append(contentsOf: record.line()) }
    return lines
  }
}
