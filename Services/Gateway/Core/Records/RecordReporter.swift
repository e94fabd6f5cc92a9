package import Contracts
internal import Logging

/// Hands records of calls to the monitor, in batches. The monitor counts a request once, so a batch whose
/// answer was lost is handed on again.
package struct RecordReporter: Sendable {
  package typealias Send = @Sendable (Monitor.RecordRequest) async throws -> Void

  /// Between two looks at the spool: how long the monitor does not know of a call.
  package static let interval: Duration = .milliseconds(200)
  /// While the monitor does not answer: as long at most.
  private static let pauseMax: Duration = .seconds(5)
  /// What one batch carries.
  private static let recordsMax = 2000
  private static let bytesMax = 4 << 20
  /// Beside its bodies, a record takes about this much.
  private static let recordBytes = 256

  private let spool: RecordSpool
  private let logger: Logger
  /// Tells the counts of one life of the gateway from another's.
  private let process = String(UInt64.random(in: .min ... .max), radix: 16)

  init(spool: RecordSpool, logger: Logger) {
    self.spool = spool
    self.logger = logger
  }

  /// Goes on until the task is cancelled; what waits then is for ``handOn(_:)``.
  package func run(_ send: Send) async {
    var pause = Self.interval
    var isReported = false
    while (try? await Task.sleep(for: pause)) != nil {
      do {
        try await handOn(send)
        (pause, isReported) = (Self.interval, false)
      } catch {
        pause = min(pause * 2, Self.pauseMax)
        if !isReported, !Task.isCancelled {
          logger.warning("the monitor takes no records", metadata: ["cause": "\(error)"])
          isReported = true
        }
      }
    }
  }

  /// Hands on everything that waits; what could not be handed on waits again.
  package func handOn(_ send: Send) async throws {
    var records = spool.take()[...]
    while !records.isEmpty {
      let count = Self.batchCount(records)
      do {
        try await send(
          Monitor.RecordRequest(
            records: Array(records.prefix(count)), dropped: spool.droppedCount, gateway: process))
      } catch {
        spool.giveBack(Array(records))
        throw error
      }
      records = records.dropFirst(count)
    }
  }

  private static func batchCount(_ records: ArraySlice<Monitor.CallRecord>) -> Int {
    var (count, bytes) = (0, 0)
    for record in records.prefix(recordsMax) {
      bytes += recordBytes + RecordSpool.bodyByteCount(record)
      guard count == 0 || bytes <= bytesMax else { break }
      count += 1
    }
    return count
  }
}
