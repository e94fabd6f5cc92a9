import AuditLog
import GRDB
import Storage

/// The monitor's database: rows and, in the same transactions, what the log is told of them.
///
/// Closures may run more than once and must have no effect outside the database.
struct MonitorStore: Sendable {
  /// Wall time, nanoseconds since 1970.
  let now: @Sendable () -> Int64
  private let store: Store
  private let outbox = Outbox()

  static func open(
    path: String, now: @escaping @Sendable () -> Int64
  ) async throws(MonitorError) -> MonitorStore {
    do throws(StorageError) {
      return MonitorStore(
        now: now,
        store: try await Store.open(path: path, migrations: MonitorSchema.migrations))
    } catch {
      throw .failed(cause: "\(error)")
    }
  }

  private init(now: @escaping @Sendable () -> Int64, store: Store) {
    self.now = now
    self.store = store
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(MonitorError) -> Value {
    do {
      return try await store.read(body)
    } catch {
      throw .translating(error)
    }
  }

  /// Runs a verb; when this returns, its rows and its entry for the log are on disk together.
  func change<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Outcome<Value>
  ) async throws(MonitorError) -> Value {
    do {
      return try await store.write { [outbox, now] database in
        switch try body(database) {
        case .unchanged(let value): return value
        case .changed(let value, let change):
          try outbox.append(change.entry(atNanoseconds: now()), in: database)
          return value
        }
      }
    } catch {
      throw .translating(error)
    }
  }

  /// Writes what was observed, which is nobody's change.
  func keep<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(MonitorError) -> Value {
    do {
      return try await store.write(body)
    } catch {
      throw .translating(error)
    }
  }

  func drainOutbox(
    to append: @escaping OutboxDrain.Append, report: @Sendable (_ cause: String) -> Void
  ) async {
    await OutboxDrain(store: store, outbox: outbox, append: append).run(report: report)
  }

  /// What waits for the log, oldest first.
  func pendingEntries() async throws(MonitorError) -> [AuditEntry] {
    try await read { [outbox] in try outbox.pending(in: $0).map(\.entry) }
  }

  func close() async throws(MonitorError) {
    do throws(StorageError) {
      try await store.close()
    } catch {
      throw .failed(cause: "\(error)")
    }
  }
}
