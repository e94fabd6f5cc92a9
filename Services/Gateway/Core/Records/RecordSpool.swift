internal import Contracts
internal import Metrics
internal import Synchronization

/// Keeps records of calls until the monitor has them, so that a monitor which is slow or away never delays
/// a call.
///
/// Bounded: what comes while it is full is dropped and counted; bodies go first.
package final class RecordSpool: Sendable {
  /// Records that wait. At 10,000 calls a second, the monitor may be away for seconds; at 10, for hours.
  package static let recordsMax = 65_536
  /// Bytes of the bodies that wait.
  package static let bodyBytesMax = 64 << 20

  private let recordsMax: Int
  private let bodyBytesMax: Int
  private let state = Mutex(State())
  private let drops = Counter(label: "slipway_gateway_records_dropped_total")
  private let bodyDrops = Counter(label: "slipway_gateway_record_bodies_dropped_total")

  private struct State {
    var records: [Monitor.CallRecord] = []
    var bodyBytes = 0
    var dropped: UInt64 = 0
  }

  package init(
    recordsMax: Int = RecordSpool.recordsMax, bodyBytesMax: Int = RecordSpool.bodyBytesMax
  ) {
    self.recordsMax = recordsMax
    self.bodyBytesMax = bodyBytesMax
  }

  /// Records that were dropped since the start.
  package var droppedCount: UInt64 { state.withLock { $0.dropped } }

  /// Takes a record in; never waits.
  func append(_ record: Monitor.CallRecord) {
    let (isDropped, isStripped) = state.withLock { add(record, to: &$0) }
    count(drops: isDropped ? 1 : 0, bodies: isStripped ? 1 : 0)
  }

  /// Everything that waits, oldest first. Called by the one reporter.
  func take() -> [Monitor.CallRecord] {
    state.withLock { state in
      defer {
        state.records = []
        state.bodyBytes = 0
      }
      return state.records
    }
  }

  /// Takes back what could not be handed on; as much of it as there is room beside what came since.
  func giveBack(_ records: [Monitor.CallRecord]) {
    let (dropped, stripped) = state.withLock { state in
      let newer = state.records
      state.records = []
      state.bodyBytes = 0
      var (dropped, stripped) = (0, 0)
      for record in records + newer {
        let (isDropped, isStripped) = add(record, to: &state)
        dropped += isDropped ? 1 : 0
        stripped += isStripped ? 1 : 0
      }
      return (dropped, stripped)
    }
    count(drops: dropped, bodies: stripped)
  }

  static func bodyByteCount(_ record: Monitor.CallRecord) -> Int {
    (record.request + record.response).reduce(0) { $0 + $1.content.count }
  }

  private func add(
    _ record: Monitor.CallRecord, to state: inout State
  ) -> (isDropped: Bool, isStripped: Bool) {
    guard state.records.count < recordsMax else {
      state.dropped &+= 1
      return (true, false)
    }
    let bytes = Self.bodyByteCount(record)
    guard state.bodyBytes + bytes > bodyBytesMax else {
      state.bodyBytes += bytes
      state.records.append(record)
      return (false, false)
    }
    var bare = record
    bare.request = []
    bare.response = []
    state.records.append(bare)
    return (false, true)
  }

  private func count(drops count: Int, bodies: Int) {
    if count > 0 { drops.increment(by: count) }
    if bodies > 0 { bodyDrops.increment(by: bodies) }
  }
}
