package import Storage

/// The monitor: its store, opened. Nothing it is asked for yet but its health.
package struct MonitorService: Sendable {
  private let store: Store

  /// Opens the store in `folder`, which exists.
  ///
  /// - Throws: what makes the store unusable, with its path.
  package static func open(folder: String) async throws(StorageError) -> MonitorService {
    MonitorService(
      store: try await Store.open(
        path: "\(folder)/monitor.sqlite", migrations: [Outbox.migration(number: 1)]))
  }

  /// Why it can't do its work, or `nil`.
  package func fault() async -> String? {
    do {
      try await store.read { _ = try Outbox().rowCount(in: $0) }
      return nil
    } catch {
      return "its store can't be read"
    }
  }

  /// Hands what happened to the transparency log until the task is cancelled.
  ///
  /// - Parameters:
  ///   - append: takes canonical bytes and returns when the log has them on disk.
  ///   - report: told of what keeps it, for the service's own log.
  package func drainOutbox(
    to append: @escaping @Sendable ([[UInt8]]) async throws -> Void,
    report: @Sendable (_ cause: String) -> Void
  ) async {
    await OutboxDrain(store: store, append: append).run(report: report)
  }

  /// Closes the store. Nothing may follow.
  package func close() async throws(StorageError) {
    try await store.close()
  }
}
