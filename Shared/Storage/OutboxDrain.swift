import AuditLog

/// Hands what waits in a service's outbox to the transparency log, oldest first, and takes it off once
/// the log has it on disk.
///
/// Whichever side is killed, and whenever: what was handed on and not taken off is handed on again, and
/// the log knows it by its identifier.
package struct OutboxDrain: Sendable {
  /// Between two looks at an empty outbox: how long an entry is not in the log yet.
  package static let interval: Duration = .milliseconds(100)
  /// While the log does not answer: as long at most.
  package static let pauseMax: Duration = .seconds(5)
  /// What one call carries; an entry has at most 64 KiB.
  package static let rowsMax = 1024
  package static let bytesMax = 1 << 20

  /// Takes canonical bytes; returns when the log has all of them on disk.
  package typealias Append = @Sendable (_ entries: [[UInt8]]) async throws -> Void

  private let store: Store
  private let outbox: Outbox
  private let append: Append

  package init(store: Store, outbox: Outbox = Outbox(), append: @escaping Append) {
    self.store = store
    self.outbox = outbox
    self.append = append
  }

  /// Goes on until the task is cancelled.
  ///
  /// - Parameter report: told of what keeps it, once for each different cause.
  package func run(report: @Sendable (_ cause: String) -> Void) async {
    var pause = Self.interval
    var reported = ""
    while !Task.isCancelled {
      do {
        while try await step() > 0 {}
        (pause, reported) = (Self.interval, "")
      } catch {
        guard !Task.isCancelled else { return }
        let cause = "\(error)"
        if cause != reported { report(cause) }
        (pause, reported) = (min(pause * 2, Self.pauseMax), cause)
      }
      try? await Task.sleep(for: pause)
    }
  }

  /// Hands on what one call carries; returns how many entries these were.
  package func step() async throws -> Int {
    let rows = try await store.read { [outbox] in try outbox.pending(limit: Self.rowsMax, in: $0) }
    var entries: [[UInt8]] = []
    var byteCount = 0
    for row in rows {
      byteCount += row.entry.canonicalBytes.count
      guard entries.isEmpty || byteCount <= Self.bytesMax else { break }
      entries.append(row.entry.canonicalBytes)
    }
    guard !entries.isEmpty else { return 0 }
    try await append(entries)
    let last = rows[entries.count - 1].sequence
    try await store.write { [outbox] in try outbox.acknowledge(through: last, in: $0) }
    return entries.count
  }
}
